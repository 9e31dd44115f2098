"""Every format of a file of features gives the same rows."""

import json

import numpy as np
import pytest

from retrain_sim.dose.advice.pair import pair_up
from retrain_sim.dose.advice.tables import read_rows
from retrain_sim.errors import UserError

TABLE = {
    "a": [0.5 * i for i in range(12)],
    "b": [float(i % 5) for i in range(12)],
    "label": [i % 2 for i in range(12)],
    "group": ["u", "v", "w"] * 4,
}
X = np.stack([TABLE["a"], TABLE["b"]], axis=1)


def lines(table):
    return zip(*table.values(), strict=True)


def csv(path):
    rows = [",".join(map(str, row)) for row in lines(TABLE)]
    path.write_text("\n".join([",".join(TABLE), *rows]))


def jsonl(path):
    rows = [json.dumps(dict(zip(TABLE, row, strict=True))) for row in lines(TABLE)]
    path.write_text("\n".join(rows))


def parquet(path):
    pyarrow = pytest.importorskip("pyarrow")
    from pyarrow import parquet

    parquet.write_table(pyarrow.table(TABLE), path)


def npz(path):
    np.savez(path, x=X, y=TABLE["label"], group=TABLE["group"])


def npz_columns(path):
    np.savez(path, **TABLE)


WRITERS = {"csv": csv, "jsonl": jsonl, "parquet": parquet, "npz": npz}


@pytest.mark.parametrize("kind", WRITERS)
def test_every_format_gives_the_same_rows(kind, tmp_path):
    path = tmp_path / f"table.{kind}"
    WRITERS[kind](path)
    rows, expected = read_rows(path), read_rows(TABLE)
    np.testing.assert_array_equal(rows.x, expected.x)
    assert rows.labels == expected.labels == ("0", "1") * 6
    assert rows.groups == expected.groups
    assert rows.names == (("x1", "x2") if kind == "npz" else ("a", "b"))


def test_arrays_by_column_and_bare_tables(tmp_path):
    npz_columns(tmp_path / "t.npz")
    assert read_rows(tmp_path / "t.npz").names == ("a", "b")
    np.save(tmp_path / "t.npy", X)
    (tmp_path / "t.csv").write_text("\n".join(f"{a},{b}" for a, b in X))
    for name in ("t.npy", "t.csv"):
        rows = read_rows(tmp_path / name)
        np.testing.assert_array_equal(rows.x, X)
        assert rows.labels is rows.groups is None


def test_columns_are_chosen_by_name():
    rows = read_rows(TABLE, label="group", group="label")
    assert (rows.labels, rows.groups) == (tuple(TABLE["group"]), ("0", "1") * 6)
    both = read_rows(TABLE, label="group", group="group")
    assert (both.labels, both.names) == (both.groups, ("a", "b", "label"))


@pytest.mark.parametrize(
    ("labels", "kind"),
    [
        (["x", "y"] * 6, "classes"),
        ([1, 2, 3] * 4, "classes"),
        ([0.5 * i for i in range(12)], "numbers"),
        (list(range(24))[::2], "classes"),
    ],
)
def test_kinds_of_labels(labels, kind):
    table = {"a": TABLE["a"], "label": labels}
    both = pair_up(read_rows(table), read_rows(table))
    assert both.kind == kind
    if kind == "numbers":
        assert both.real.targets.mean() == pytest.approx(0)
        assert both.real.targets.std() == pytest.approx(1)
    else:
        assert (both.real.targets.sum(axis=1) == 1).all()


def test_features_are_in_units_of_both_spreads():
    made = {"a": [3.0 * a + 1 for a in TABLE["a"]]}
    both = pair_up(read_rows({"a": TABLE["a"]}), read_rows(made))
    assert both.real.x.mean() == pytest.approx(0)
    assert both.real.x.var() + both.made.x.var() == pytest.approx(2)
    swapped = {"b": TABLE["b"], "a": TABLE["a"]}
    real = {"a": TABLE["a"], "b": TABLE["b"]}
    both = pair_up(read_rows(real), read_rows(swapped))
    np.testing.assert_allclose(both.real.x, both.made.x)


def test_numbers_beside_words_are_refused():
    real = {"a": TABLE["a"], "label": TABLE["a"]}
    made = {"a": TABLE["a"], "label": ["x"] * 12}
    with pytest.raises(UserError, match="labels are not numbers"):
        pair_up(read_rows(real), read_rows(made))
    with pytest.raises(UserError, match="every label is 'x'"):
        pair_up(read_rows(made), read_rows(made))


@pytest.mark.parametrize(
    ("arrays", "says"),
    [
        ({"x": X, "y": np.ones(5)}, "'y' has shape .5,., x has 12 rows"),
        ({"x": X[:9]}, "9 rows, allowed: at least 10"),
        ({"x": X.astype(str)}, "numbers .n, d. are needed"),
    ],
)
def test_bad_arrays_are_named(arrays, says, tmp_path):
    np.savez(tmp_path / "t.npz", **arrays)
    with pytest.raises(UserError, match=says):
        read_rows(tmp_path / "t.npz")
