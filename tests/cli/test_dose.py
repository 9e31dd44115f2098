"""``dose`` prints and writes what it says, and refuses in one line."""

import json

import numpy as np
import pytest
from PIL import Image
from test_forecast import assert_like

INTERVAL = [0.0]
SCHEMA = {
    "real": "",
    "synthetic": "",
    "n_real": 0,
    "n_synthetic": 0,
    "n_features": 0,
    "labels": "",
    "classes": [""],
    "distances": [
        {
            "kind": "",
            "distance": 0.0,
            "floor": 0.0,
            "debiased": 0.0,
            "interval": INTERVAL,
            "resolvable": True,
        }
    ],
    "law_distance": "",
    "groups": [
        {
            "name": "",
            "n_real": 0,
            "n_synthetic": 0,
            "ratio": 0.0,
            "verdict": "",
            "law": {
                "ratio": 0.0,
                "interval": INTERVAL,
                "distance": 0.0,
                "distance_interval": INTERVAL,
                "floor": 0.0,
                "resolvable": True,
                "threshold": 0.0,
            },
            "model": {
                "ratio": 0.0,
                "interval": INTERVAL,
                "gain": 0.0,
                "gain_interval": INTERVAL,
                "excess": 0.0,
                "excess_interval": INTERVAL,
                "ratios": INTERVAL,
                "loss": INTERVAL,
                "change_error": INTERVAL,
                "curvature": INTERVAL,
            },
        }
    ],
    "remarks": [""],
}


def columns(n, far=0.0, seed=0):
    """Two classes, a gap apart, that one feature tells."""
    rng = np.random.default_rng(seed)
    label = np.arange(n) % 2
    a = rng.normal(size=n) + 2.0 * label + far
    return {"a": a, "b": rng.normal(size=n), "label": label}


def write_csv(path, table):
    rows = zip(*(list(values) for values in table.values()), strict=True)
    lines = [",".join(table), *(",".join(map(str, row)) for row in rows)]
    path.write_text("\n".join(lines) + "\n")


@pytest.fixture
def files(here):
    """Write real rows, and synthetic rows that are off."""
    write_csv(here / "real.csv", columns(40))
    write_csv(here / "made.csv", columns(80, far=1.0, seed=1))
    return "real.csv", "made.csv"


def asked(cli, *arguments):
    finished = cli("dose", *arguments, "--json")
    assert (finished.code, finished.err) == (0, "")
    assert finished.out.count("\n") == 1
    assert "NaN" not in finished.out
    assert "Infinity" not in finished.out
    return json.loads(finished.out)


def test_json_has_every_key_and_type_and_out_the_same_numbers(here, files, cli):
    found = asked(cli, *files, "--out", "dose")
    assert_like(found, SCHEMA)
    assert (found["n_real"], found["labels"], found["classes"]) == (
        40,
        "classes",
        ["0", "1"],
    )
    assert json.loads((here / "dose" / "dose.json").read_text()) == found
    page = (here / "dose" / "dose.html").read_text()
    for words in ("Dose for real.csv + made.csv", "The U-curve", "harmful beyond"):
        assert words in page
    pictures = sorted((here / "dose" / "figures").iterdir())
    assert [p.stem for p in pictures] == ["curves", "distances"]
    for picture in pictures:
        with Image.open(picture) as image:
            assert image.size[0] > 400


def test_tables_are_printed_and_nothing_is_written(here, files, cli):
    before = set(here.rglob("*"))
    finished = cli("dose", *files)
    assert (finished.code, finished.err) == (0, "")
    for words in ("How much to use", "use per real row", "real vs real", "The U-curve"):
        assert words in finished.out
    assert "nan" not in finished.out
    assert set(here.rglob("*")) == before


ROWS = "\n".join(f"{i % 7},{i % 5},{i % 2}" for i in range(30))
FINE = f"a,b,label\n{ROWS}\n"


@pytest.mark.parametrize(
    ("made", "says"),
    [
        (f"a,label\n{FINE[10:]}", ["made.csv", "header names 2 columns"]),
        ("a,label\n" + "1,0\n2,1\n" * 6, ["made.csv has 1 features", "real.csv has 2"]),
        (FINE.replace("b,", "c,", 1), ["made.csv", "no feature 'b'", "real.csv"]),
        ("a,b,label\n" + "1,2,0\n" * 9, ["made.csv", "9 rows", "at least 10"]),
        (FINE.replace("\n3,3,", "\nnan,3,", 1), ["made.csv", "'a'", "row 4"]),
        (FINE.replace("\n3,3,", "\n,3,", 1), ["made.csv", "'a'", "no value", "row 4"]),
        (FINE.replace("\n3,3,", "\ninf,3,", 1), ["made.csv", "'a'", "inf", "row 4"]),
        (FINE.replace("\n3,3,", "\nx,3,", 1), ["made.csv", "'a'", "'x'", "row 4"]),
        (FINE.replace("label", "kind", 1), ["has 3 features"]),
        (FINE.replace(",1\n", ",5\n", 1), ["made.csv", "label '5'", "row 2"]),
        (FINE.replace(",1\n", ",\n", 1), ["made.csv", "'label'", "no value", "row 2"]),
        ("", ["made.csv", "no rows"]),
    ],
)
def test_bad_synthetic_files_are_refused(here, refused, made, says):
    (here / "real.csv").write_text(FINE)
    (here / "made.csv").write_text(made)
    refused("dose", "real.csv", "made.csv", says=says)


def test_labels_in_one_file_are_refused(here, refused):
    x = np.arange(40.0).reshape(20, 2)
    np.savez(here / "real.npz", x=x, y=np.arange(20) % 2)
    np.savez(here / "made.npz", x=x)
    says = ["made.npz: no labels", "real.npz has them"]
    refused("dose", "real.npz", "made.npz", says=says)
    says = ["made.npz: no labels", "both files or in none"]
    refused("dose", "made.npz", "real.npz", says=says)


def test_constant_features_are_refused(here, refused):
    np.save(here / "flat.npy", np.ones((20, 2)))
    np.save(here / "real.npy", np.stack([np.arange(20), np.ones(20)], axis=1))
    np.save(here / "made.npy", np.stack([np.arange(20), np.full(20, 3)], axis=1))
    refused("dose", "flat.npy", "flat.npy", says=["every feature is constant"])
    says = ["'x2' is 1", "real.npy", "3", "made.npy"]
    refused("dose", "real.npy", "made.npy", says=says)


@pytest.mark.parametrize(
    ("name", "array", "says"),
    [
        ("a.npy", np.ones(20), ["a.npy", "[n, d]", "(20,)"]),
        ("a.npy", np.array([["x"]] * 20), ["a.npy", "numbers"]),
        ("a.txt", np.ones((20, 1)), ["a.txt", ".csv, .jsonl, .npy, .npz, .parquet"]),
    ],
)
def test_bad_arrays_are_refused(here, refused, name, array, says):
    with (here / name).open("wb") as file:
        np.save(file, array)
    refused("dose", name, name, says=says)


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["--label", "lable"], ["no column 'lable'", "did you mean 'label'"]),
        (["--group", "cluster"], ["no column 'cluster'"]),
        (["--distance", "slised"], ["'slised'", "did you mean 'sliced'"]),
        (["--distance", "wasserstein-1d"], ["2 features", "bures, sinkhorn, sliced"]),
        (["--folds", "1"], ["folds is 1", "2 to 20"]),
        (["--seed", "-1"], ["seed is -1"]),
        (["--out", "real.csv"], ["is a file"]),
        (["--out", "."], ["not empty"]),
    ],
)
def test_bad_values_are_refused(files, refused, arguments, says):
    refused("dose", *files, *arguments, says=says)


def test_files_that_are_not_there_are_refused(files, here, refused):
    refused("dose", "gone.csv", "made.csv", says=["no such file", "gone.csv"])
    (here / "junk.npz").write_bytes(b"junk")
    refused("dose", "real.csv", "junk.npz", says=["junk.npz", "not a readable"])
