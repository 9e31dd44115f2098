"""``run``: what it writes, what it prints, and what its options change."""

import json
import math
import re
import shlex

import pytest
import xarray as xr
from commands import contents
from forked import drawing
from PIL import Image

import retrain_sim
from retrain_sim.spec import load_spec

FILES = {
    "scenario.toml",
    "run.json",
    "history.nc",
    "prediction.nc",
    "atoms.npz",
    "result.json",
    "figures",
    "report.html",
}
KEYS = {"arms", "seeds", "rounds", "wall_s", "compile_s", "out"}


def strictly(text):
    """Parse one JSON object; NaN and infinity are no JSON."""

    def refuse(constant):
        raise AssertionError(f"{constant} is no JSON")

    return json.loads(text, parse_constant=refuse)


def test_folder_holds_everything_and_no_checkpoint(done):
    assert {path.name for path in done.iterdir()} == FILES
    figures = {path.name for path in (done / "figures").iterdir()}
    assert {"headline.png", "shares.png", "metrics.png"} <= figures


def test_figures_are_pictures(done):
    for path in (done / "figures").iterdir():
        with Image.open(path) as picture:
            assert picture.format == "PNG"
            assert min(picture.size) > 200
            darkest, brightest = picture.convert("L").getextrema()
            assert darkest < brightest


def test_history_opens_with_named_dimensions(done):
    history = retrain_sim.open_history(done)
    assert dict(history["collapse/class_entropy"].sizes) == {
        "arm": 2,
        "seed": 2,
        "round": 4,
    }
    assert set(history.dims) >= {"arm", "seed", "round", "step"}
    assert history.sizes["step"] == 3
    assert list(history["arm"].values) == ["one", "two"]
    assert list(history["seed"].values) == [0, 1]
    assert bool(history["collapse/class_entropy"].notnull().all())


def test_page_stands_alone(done):
    page = (done / "report.html").read_text()
    assert "Three letters, two voters" in page
    assert page.count("data:image/png;base64,") == len(
        list((done / "figures").iterdir())
    )
    assert not re.search(r'(src|href)="(?!data:)[^"#]', page)


def test_json_is_one_object_and_nothing_else(first_run):
    _, finished = first_run
    assert finished.err == ""
    assert finished.out.count("\n") == 1
    found = strictly(finished.out)
    assert set(found) >= KEYS
    assert set(found["arms"]) == {"one", "two"}
    assert (found["seeds"], found["rounds"], found["out"]) == (2, 3, "run")
    assert found["wall_s"] >= found["compile_s"] > 0


def test_json_of_an_arm_names_metrics_prediction_and_verdict(first_run):
    arm = strictly(first_run[1].out)["arms"]["one"]
    assert set(arm) == {"metrics", "prediction", "verdict"}
    assert arm["verdict"] in {"PASS", "CLOSE", "FAIL", "NOT APPLICABLE"}
    entropy = arm["metrics"]["collapse/class_entropy"]
    assert set(entropy) == {"first", "last", "se_last"}
    assert entropy["first"] == pytest.approx(1.5 * math.log(2), abs=1e-5)
    assert 0 < entropy["last"] < math.log(3)
    assert 0 < arm["prediction"]["collapse/class_entropy"] < math.log(3)
    assert set(arm["prediction"]) <= set(arm["metrics"])


def test_json_agrees_with_the_history(first_run):
    folder, finished = first_run
    history = retrain_sim.open_history(folder)
    for arm, found in strictly(finished.out)["arms"].items():
        for name, ends in found["metrics"].items():
            values = history[name].sel(arm=arm)
            assert ends["first"] == pytest.approx(float(values[:, 0].mean()), rel=1e-5)
            assert ends["last"] == pytest.approx(float(values[:, -1].mean()), rel=1e-5)


def test_json_of_one_seed_has_null_for_nan(cli):
    finished = cli("run", "letters.toml", "--seeds", "1", "--json")
    assert (finished.code, finished.err) == (0, "")
    arms = strictly(finished.out)["arms"]
    assert arms["one"]["metrics"]["collapse/class_entropy"]["se_last"] is None


@pytest.mark.slow
def test_folders_are_numbered(here, cli):
    (here / "runs" / "letters-1").mkdir(parents=True)
    held = contents(here)
    finished = cli("run", "letters.toml", "--json")
    assert strictly(finished.out)["out"] == "runs/letters-2"
    new = {name for name in contents(here) if name not in held}
    assert all(name.startswith("runs/letters-2") for name in new)
    assert {path.name for path in (here / "runs" / "letters-2").iterdir()} == FILES


def test_same_scenario_again_is_identical(here, done, cli):
    assert cli("run", "done/scenario.toml", "--out", "again").code == 0
    for name in ("history.nc", "prediction.nc", "scenario.toml"):
        assert (here / "again" / name).read_bytes() == (done / name).read_bytes()


@pytest.mark.slow
def test_another_seed_is_another_run(here, done, cli):
    assert cli("run", "letters.toml", "--seed", "7", "--out", "other").code == 0
    history = retrain_sim.open_history(here / "other")
    assert list(history["seed"].values) == [7, 8]
    entropy = history["collapse/class_entropy"].values
    was = retrain_sim.open_history(done)["collapse/class_entropy"].values
    assert (entropy[..., 1:] != was[..., 1:]).any()


def test_options_take_effect(here, cli):
    given = ["--seeds", "3", "--rounds", "2", "--set", "curation.n_kept=10"]
    given += ["--set", "run.shown=5", "--set", "curation.temperature=0.25"]
    assert cli("run", "letters.toml", "--out", "other", *given).code == 0
    spec = load_spec(here / "other" / "scenario.toml")
    assert (spec.run.seeds, spec.run.rounds, spec.run.shown) == (3, 2, 5)
    for arm in spec.arms.values():
        assert (arm["curation"]["n_kept"], arm["curation"]["temperature"]) == (10, 0.25)
    samples = retrain_sim.open_history(here / "other")["samples"]
    assert samples.shape == (2, 3, 3, 5)


def test_setting_of_one_arm_changes_that_arm_alone(here, done, cli):
    given = ["--set", "two.curation.temperature=0.125"]
    assert cli("run", "letters.toml", "--out", "other", *given).code == 0
    before, after = (
        retrain_sim.open_history(here / name) for name in ("done", "other")
    )
    xr.testing.assert_identical(before.sel(arm="one"), after.sel(arm="one"))
    assert not before.sel(arm="two").equals(after.sel(arm="two"))


def test_force_replaces_a_run(here, done, cli):
    (done / "notes.txt").write_text("an old note")
    given = ["--out", "done", "--force", "--rounds", "1"]
    assert cli("run", "letters.toml", *given).code == 0
    assert {path.name for path in done.iterdir()} == FILES
    assert retrain_sim.open_history(done).sizes["round"] == 2


def test_terminal_output_names_what_was_written(here, cli):
    finished = cli("run", "letters.toml", "--out", "my run")
    assert finished.code == 0
    assert "Three letters, two voters, two temperatures" in finished.out
    for name in ("my run/report.html", "my run/history.nc", "my run/figures"):
        assert name in finished.out
        assert (here / name).exists()
    assert_can_be_typed(finished.out.strip().splitlines()[-1], cli)


def assert_can_be_typed(command, cli):
    """Try the proposed command, as a prediction: that is faster."""
    program, verb, *rest = shlex.split(command)
    assert (program, verb, rest[0]) == ("retrain-sim", "run", "letters.toml")
    assert cli("predict", *rest).code == 0


def test_gif_has_a_frame_for_every_round(here, cli):
    words = ["run", "vectors.toml", "--out", "moving", "--gif", "--json"]
    assert cli(*words, before=drawing).code == 0
    with Image.open(here / "moving" / "figures" / "samples.gif") as gif:
        assert (gif.format, gif.is_animated, gif.n_frames) == ("GIF", True, 4)


def test_module_of_the_working_folder_is_a_reward(here, cli):
    (here / "taste.py").write_text("def score(x):\n    return 1.0 * (x == 2)\n")
    reward = "reward.0={name='mine', kind='import', path='taste:score'}"
    finished = cli("run", "letters.toml", "--json", "--set", reward)
    assert finished.code == 0, finished.err
    assert "reward/mine/mean" in strictly(finished.out)["arms"]["one"]["metrics"]


def test_resuming_a_finished_run_shows_it_again(done, cli, first_run):
    held = (done / "history.nc").read_bytes()
    again = cli("run", "--resume", "done", "--json")
    assert again.code == 0
    was = strictly(first_run[1].out)
    found = strictly(again.out)
    assert found == was | {"out": "done"}
    assert (done / "history.nc").read_bytes() == held
