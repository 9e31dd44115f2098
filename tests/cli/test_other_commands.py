"""``predict``, ``report``, ``compare`` and ``init`` do what they say."""

import json
import math
import shutil

import pytest
import tampering
from PIL import Image

from retrain_sim.spec import load_spec, scenario_text


def test_predict_prints_a_row_for_every_arm(here, cli):
    finished = cli("predict", "letters.toml")
    assert finished.code == 0
    first_words = [
        line.split()[0] for line in finished.out.splitlines() if line.split()
    ]
    assert first_words.count("one") == first_words.count("two") == 1
    assert not (here / "runs").exists()


def test_predict_json_is_one_object_and_nothing_else(cli):
    finished = cli("predict", "letters.toml", "--rounds", "5", "--json")
    assert (finished.code, finished.err) == (0, "")
    assert finished.out.count("\n") == 1
    assert "NaN" not in finished.out
    found = json.loads(finished.out)
    assert found["rounds"] == 5
    assert set(found["arms"]) == {"one", "two"}
    entropy = found["arms"]["one"]["prediction"]["collapse/class_entropy"]
    assert 0 < entropy < math.log(3)


def test_cache_that_cannot_be_used_is_no_error(cli):
    """Nor is it worth a word."""
    given = ["predict", "letters.toml", "--json"]
    assert cli(*given, before=tampering.lose_cache) == cli(*given)


def test_predict_agrees_with_run(cli, first_run):
    predicted = json.loads(cli("predict", "letters.toml", "--json").out)["arms"]
    beside = json.loads(first_run[1].out)["arms"]
    for arm, found in predicted.items():
        for name, value in found["prediction"].items():
            assert beside[arm]["prediction"][name] == pytest.approx(value, abs=1e-6)


def test_report_draws_everything_again(done, cli):
    was = {path.name for path in (done / "figures").iterdir()}
    shutil.rmtree(done / "figures")
    (done / "report.html").unlink()
    finished = cli("report", "done")
    assert (finished.code, finished.err) == (0, "")
    assert {path.name for path in (done / "figures").iterdir()} == was
    written = finished.out.split()
    assert set(written) == {f"done/figures/{n}" for n in was} | {"done/report.html"}


@pytest.fixture
def compared(here, done, cli):
    """Compare a run with its copy."""
    shutil.copytree(done, here / "copy")
    return cli("compare", "done", "copy")


def test_compare_aligns_its_table(compared):
    assert (compared.code, compared.err) == (0, "")
    lines = compared.out.splitlines()
    (head,) = [line for line in lines if line.startswith("run ")]
    rows = [line for line in lines if line.split()[:1] in (["done"], ["copy"])]
    assert [row.split()[:2] for row in rows] == [
        ["done", "one"],
        ["done", "two"],
        ["copy", "one"],
        ["copy", "two"],
    ]
    assert {row.index(" ± ") for row in rows} == {rows[0].index(" ± ")}
    for row in rows:
        assert row[head.index("arm") - 1] == " "
        assert row[head.index("arm")] != " "


def test_compare_names_what_it_compares(compared):
    assert "collapse/class_entropy" in compared.out


def test_compare_draws_a_picture(here, compared):
    assert compared.out.splitlines()[-1] == "picture: copy/compare.png"
    with Image.open(here / "copy" / "compare.png") as picture:
        assert picture.size[0] > picture.size[1] > 200


def test_compare_takes_a_metric_and_a_file(here, done, cli):
    given = ["--metric", "share/z", "--out", "z.png"]
    finished = cli("compare", "done", "done", *given)
    assert (finished.code, finished.err) == (0, "")
    assert "share/z" in finished.out
    with Image.open(here / "z.png") as picture:
        assert picture.format == "PNG"


def test_init_writes_a_file_that_runs(here, cli):
    finished = cli("init", "my.toml", "--from", "two-tribes")
    assert (finished.code, finished.err) == (0, "")
    assert "retrain-sim run my.toml" in finished.out
    assert (here / "my.toml").read_text() == scenario_text("two-tribes")
    small = ["--seeds", "2", "--rounds", "1", "--json"]
    ran = cli("run", "my.toml", *small)
    assert json.loads(ran.out)["out"] == "runs/my-1"


def test_init_starts_from_the_digits(here, cli):
    assert cli("init", "my.toml").code == 0
    assert load_spec(here / "my.toml").values == load_spec("digits").values
