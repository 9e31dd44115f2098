"""The user's own table, broken in every way: one line, and nothing is written."""

import io

import numpy as np
import pytest

CSV = {
    "empty": (b"", ["at least 2", "0"]),
    "a header alone": (b"a,b\n", ["at least 2", "0"]),
    "one row": (b"1,2\n", ["at least 2", "1"]),
    "ragged": (b"1,2\n3\n4,5\n", ["row 2", "1 values", "2"]),
    "text": (b"a,b\n1,2\n3,four\n", ["row 2", "numbers", "four"]),
    "a gap": (b"1,2\n3,\n5,6\n", ["row 2", "numbers"]),
    "semicolons": (b"1;2\n3;4\n", ["row 1", "3;4"]),
    "NaN": (b"1,2\n3,nan\n5,6\n", ["not finite", "row 2"]),
    "infinity": (b"1,2\ninf,4\n5,6\n", ["not finite", "row 2"]),
    "bytes": (b"1,2\n\xff,4\n", ["UTF-8"]),
}


def npy(array):
    """Write an array as the bytes of a .npy file."""
    buffer = io.BytesIO()
    np.save(buffer, np.asarray(array))
    return buffer.getvalue()


def npz(**arrays):
    """Write arrays as the bytes of an .npz file."""
    buffer = io.BytesIO()
    np.savez(buffer, **arrays)
    return buffer.getvalue()


GOOD = npz(x=np.arange(40.0).reshape(20, 2))

NPZ = {
    "no archive": (b"hello\n", ["not a readable"]),
    "empty": (b"", ["not a readable"]),
    "cut off": (GOOD[: len(GOOD) // 2], ["not a readable"]),
    "a flipped bit": (GOOD[:250] + b"\x01" + GOOD[251:], ["not a readable"]),
    "another name": (npz(z=np.zeros((9, 2))), ["'x'", "z"]),
    "too few labels": (npz(x=np.zeros((9, 2)), y=np.arange(3)), ["9 rows", "3 labels"]),
    "text": (npz(x=np.array(["a", "b"])), ["numbers", "<U1"]),
    "complex": (npz(x=np.ones((9, 2), complex)), ["numbers", "complex"]),
}

PARQUET = {
    "no table": (b"hello\n", ["not a readable"]),
    "empty": (b"", ["not a readable"]),
}

NPY = {
    "a single number": (npy(3.0), ["samples"]),
    "empty": (npy(np.zeros((0, 2))), ["at least 2", "0"]),
    "cut off": (npy(np.ones((9, 2)))[:-8], ["not a readable"]),
    "pickled": (b"\x80\x04N.", ["not a readable"]),
}

SETTINGS = {
    "no such file": ("data.path=no.csv", ["data.path", "no such file", "no.csv"]),
    "a folder": ("data.path=.", ["data.path", ".csv, .npy, .npz, .parquet"]),
    "another kind of file": (
        "data.path=x.txt",
        ["data.path", ".csv, .npy, .npz, .parquet"],
    ),
    "no such column": ("data.label=kind", ["table.csv", "'kind'", "['a', 'b', 'c']"]),
    "three columns": ("data.label=", ["reward", "center", "2 coordinates"]),
}


def files(cases, suffix):
    """Parametrize over contents of a file."""
    listed = [(f"table{suffix}", *case) for case in cases.values()]
    ids = [f"{suffix} {name}" for name in cases]
    return [
        pytest.param(*case, id=name) for case, name in zip(listed, ids, strict=True)
    ]


@pytest.mark.parametrize(
    ("name", "data", "says"),
    [
        *files(CSV, ".csv"),
        *files(NPZ, ".npz"),
        *files(NPY, ".npy"),
        *files(PARQUET, ".parquet"),
    ],
)
def test_bad_table_is_refused(here, refused, name, data, says):
    (here / name).write_bytes(data)
    refused("run", "table.toml", "--set", f"data.path={name}", says=[name, *says])


@pytest.mark.parametrize(("setting", "says"), SETTINGS.values(), ids=SETTINGS)
def test_bad_setting_of_a_table_is_refused(here, refused, setting, says):
    (here / "table.csv").write_text("a,b,c\n1,2,3\n4,5,6\n7,8,9\n2,2,1\n")
    refused("run", "table.toml", "--set", setting, says=says)


def test_scenario_without_its_table_is_refused(refused):
    refused("run", "table.toml", says=["data.path", "no such file", "table.csv"])
