"""``forecast`` prints and writes what it says, and refuses in one line."""

import json
import math

import numpy as np
import pytest
from PIL import Image

SCORES = """name,helpful,harmless,group
one,60,0,A
two,0,60,B
"""
ASKED = ["--rewards", "helpful,harmless", "--weights", "0.4,0.6", "--slate", "3"]
NUMBERS, TABLE = [0.0], {"A": 0.0, "B": 0.0}
SCHEMA = {
    "n_outcomes": 2,
    "rewards": ["helpful"],
    "voter_weights": NUMBERS,
    "slate_size": 3,
    "temperature": 1,
    "limit": {
        "kind": "",
        "group_masses": TABLE,
        "mean_rewards": {"helpful": 0.0, "harmless": 0.0},
    },
    "nash": {
        "mean_utilities": NUMBERS,
        "welfare": 0.0,
        "gap": 0.0,
        "support": [{"index": 0, "prob": 0.0}],
    },
    "trajectory": {
        "round": [0],
        "entropy": NUMBERS,
        "effective_outcomes": NUMBERS,
        "welfare_gap": NUMBERS,
        "mean_rewards": {"helpful": NUMBERS, "harmless": NUMBERS},
        "group_masses": {"A": NUMBERS, "B": NUMBERS},
    },
    "voters": [{"name": "", "weight": 0.0, "survives": True, "margin": 0.0}],
    "half_life": None,
    "loss_probability": TABLE,
}


def assert_like(found, schema, where="it"):
    """Check keys and types; a list is like its first item."""
    assert type(found) is type(schema), where
    if isinstance(schema, dict):
        assert list(found) == list(schema), where
        for key, part in schema.items():
            assert_like(found[key], part, f"{where}.{key}")
    if isinstance(schema, list):
        for item in found:
            assert_like(item, schema[0], f"{where}[]")


@pytest.fixture
def scores(here):
    """Write a small table of scores."""
    path = here / "scores.csv"
    path.write_text(SCORES)
    return path


def asked(cli, *arguments):
    finished = cli("forecast", *arguments, "--json")
    assert (finished.code, finished.err) == (0, "")
    assert finished.out.count("\n") == 1
    assert "NaN" not in finished.out
    assert "Infinity" not in finished.out
    return json.loads(finished.out)


def test_json_has_every_key_and_type(scores, cli):
    found = asked(cli, scores, *ASKED, "--rounds", "5")
    assert_like(found, SCHEMA)
    assert found["limit"]["group_masses"] == pytest.approx({"A": 0.2, "B": 0.8})
    assert found["trajectory"]["round"] == list(range(6))
    assert found["trajectory"]["entropy"][0] == pytest.approx(math.log(2))
    assert [v["margin"] for v in found["voters"]] == pytest.approx([0.2, 0.8])
    support = found["nash"]["support"]
    assert [row["index"] for row in support] == [0, 1]
    assert [row["prob"] for row in support] == pytest.approx([0.4, 0.6])


def test_infinite_slates_are_text_in_json_and_no_groups_are_empty(here, cli):
    (here / "s.csv").write_text("a,b\n1,0\n0,1\n")
    found = asked(cli, "s.csv", "--slate", "inf", "--rounds", "2")
    assert found["slate_size"] == "inf"
    assert found["loss_probability"] == found["limit"]["group_masses"] == {}


def test_tables_are_printed_and_nothing_is_written(here, scores, cli):
    before = set(here.rglob("*"))
    finished = cli("forecast", scores, *ASKED, "--keep-entropy", "0.5")
    assert (finished.code, finished.err) == (0, "")
    for words in ("Who survives", "Groups", "certified gap", "real share", "WARNING"):
        assert words in finished.out
    assert "nan" not in finished.out
    assert set(here.rglob("*")) == before


def test_out_holds_figures_a_page_and_the_same_numbers(here, scores, cli):
    given = [scores, *ASKED, "--rounds", "4", "--out", "ahead"]
    found = asked(cli, *given)
    assert json.loads((here / "ahead" / "forecast.json").read_text()) == found
    assert "Who survives" in (here / "ahead" / "forecast.html").read_text()
    pictures = sorted((here / "ahead" / "figures").iterdir())
    assert [p.stem for p in pictures] == ["diversity", "groups", "utilities"]
    for picture in pictures:
        with Image.open(picture) as image:
            assert image.size[0] > 400
    assert cli("forecast", *given).code == 0


@pytest.mark.parametrize("kind", ["parquet", "npz", "jsonl"])
def test_every_format_gives_the_same_forecast(here, scores, cli, kind):
    columns = {"helpful": [60.0, 0.0], "harmless": [0.0, 60.0], "group": ["A", "B"]}
    path = here / f"scores.{kind}"
    if kind == "parquet":
        pyarrow = pytest.importorskip("pyarrow")
        from pyarrow import parquet

        parquet.write_table(pyarrow.table(columns), path)
    elif kind == "npz":
        np.savez(path, **columns)
    else:
        rows = [
            dict(zip(columns, row, strict=True))
            for row in zip(*columns.values(), strict=True)
        ]
        path.write_text("\n".join(map(json.dumps, rows)))
    assert asked(cli, path, *ASKED) == asked(cli, scores, *ASKED)


def test_atoms_of_a_run_agree_with_predict(done, cli):
    settings = ["--slate", "2", "--rounds", "3"]
    found = asked(cli, "done/atoms", *settings)
    predicted = json.loads(cli("predict", "letters.toml", "--json").out)["arms"]["one"]
    shares = found["trajectory"]["group_masses"]
    for name in "xyz":
        assert shares[name][3] == pytest.approx(
            predicted["prediction"][f"share/{name}"], abs=1e-6
        )
    assert found["rewards"] == ["first", "second"]
    assert asked(cli, "done", *settings) == found


def test_atoms_that_are_a_whole_law_have_no_sampling_error(done, scores, cli):
    law, sample = cli("forecast", "done/atoms"), cli("forecast", str(scores))
    assert "nothing is resampled" in law.out
    assert "WARNING" not in law.out
    assert "bootstrap" in sample.out


def test_constant_rewards_are_an_answer(here, cli):
    (here / "s.csv").write_text("a,b\n1,2\n1,2\n")
    finished = cli("forecast", "s.csv")
    assert (finished.code, finished.err) == (0, "")
    assert "nothing to select" in finished.out


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("a,b\n1,2\n,3\n", ["'a'", "no value", "row 2"]),
        ("a,b\n1,2\nnan,3\n", ["'a'", "no value", "row 2"]),
        ("a,b\n1,2\ninf,3\n", ["'a'", "inf", "row 2"]),
        ("a,b\n1,2\nbad,3\n", ["'a'", "'bad'", "row 2"]),
        ("a,a\n1,2\n", ["two columns", "'a'"]),
        ("a,b\n", ["no rows"]),
        ("", ["no rows"]),
        ("1,2\n3,4\n", ["header"]),
        ("a,b\n1,2\n3\n", ["row 2", "1 values"]),
        ("a,b\n1,2,3\n", ["header", "2 columns"]),
        ("a,prob\n1,-1\n2,1\n", ["'prob'", "-1", ">= 0"]),
        ("a,prob\n1,0\n2,0\n", ["'prob'", "0 in every row"]),
        ("a,prob,weight\n1,1,1\n", ["both", "'weight'"]),
        ("a,group\n1,x\n2,\n", ["'group'", "row 2"]),
        ("name\nx\n", ["no column of numbers"]),
    ],
)
def test_bad_tables_are_refused(here, refused, text, says):
    (here / "bad.csv").write_text(text)
    refused("forecast", "bad.csv", says=["bad.csv", *says])


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["--rewards", "helpfull"], ["'helpfull'", "did you mean 'helpful'"]),
        (["--rewards", "helpful,helpful"], ["'helpful'", "twice"]),
        (["--rewards", "name"], ["'name'", "'one'", "row 1"]),
        (["--group", "cluster"], ["no column 'cluster'", "group"]),
        (["--weights", "0.6,0.6"], ["sum to 1", "1.2"]),
        (["--weights", "1.5,-0.5"], [">= 0", "-0.5"]),
        (["--weights", "1"], ["1 (1) for 2 rewards"]),
        (["--weights", "a,b"], ["'a,b'", "0.6,0.4"]),
        (["--slate", "0"], ["slate is 0", ">= 1 or inf"]),
        (["--slate", "2.5"], ["slate is 2.5"]),
        (["--slate", "nan"], ["slate is nan"]),
        (["--rounds", "0"], ["rounds is 0"]),
        (["--rounds", "1.5"], ["1.5"]),
        (["--temperature", "0"], ["temperature is 0", "> 0"]),
        (["--temperature", "1e-300"], ["temperature"]),
        (["--kept", "0"], ["kept is 0"]),
        (["--real-share", "1.5"], ["real-share is 1.5", "0 to 1"]),
        (["--keep-entropy", "nan"], ["keep-entropy is nan"]),
        (["--seed", "-1"], ["seed is -1"]),
        (["--out", "scores.csv"], ["is a file"]),
        (["--out", "."], ["not empty"]),
    ],
)
def test_bad_values_are_refused(scores, refused, arguments, says):
    refused("forecast", scores, *arguments, says=says)


@pytest.mark.parametrize(
    ("name", "content", "says"),
    [
        ("s.txt", b"", ["s.txt", ".csv, .jsonl, .npz, .parquet"]),
        ("s.npz", b"junk", ["s.npz", "not a readable"]),
        ("s.parquet", b"junk", ["s.parquet", "not a readable"]),
        ("s.jsonl", b"{'a': 1}", ["s.jsonl", "line 1", "not JSON"]),
        ("s.jsonl", b"[1]", ["s.jsonl", "line 1", "object"]),
        ("s.jsonl", b'{"a": 1}\n{"b": 1}', ["s.jsonl", "row 2", "'a'"]),
        ("s.jsonl", b'{"a": 1}\n{"a": null}', ["s.jsonl", "no value", "row 2"]),
        ("s.csv", b"\xff\xfea", ["s.csv", "UTF-8"]),
    ],
)
def test_bad_files_are_refused(here, refused, name, content, says):
    (here / name).write_bytes(content)
    refused("forecast", name, says=says)


def test_folders_and_files_that_are_not_there_are_refused(here, refused):
    (here / "empty").mkdir()
    refused("forecast", "empty", says=["empty", "not a run folder"])
    refused("forecast", "gone.csv", says=["no such file", "gone.csv"])
