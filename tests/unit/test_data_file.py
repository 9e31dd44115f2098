"""The user's own table: what is read, and how a bad one is refused."""

import sys

import numpy as np
import pyarrow as pa
import pytest
from pyarrow import parquet

from retrain_sim.data import File
from retrain_sim.errors import UserError

ROWS = [[1.0, 2.0], [3.0, 5.0], [8.0, -1.0]]


def load(path, **settings):
    return File(str(path), **settings).load(np.random.default_rng(0))


def csv_file(folder, text):
    path = folder / "table.csv"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def npz_file(folder, **arrays):
    path = folder / "table.npz"
    np.savez(path, **arrays)
    return path


def npy_file(folder, array):
    path = folder / "table.npy"
    np.save(path, array)
    return path


def parquet_file(folder, **columns):
    path = folder / "table.parquet"
    parquet.write_table(pa.table(columns), path)
    return path


@pytest.mark.parametrize("header", ["", "a,b\n", '"a","b"\n'])
def test_numbers_of_a_csv(tmp_path, header):
    text = header + "1,2\n3,5\n\n8,-1\n"
    data = load(csv_file(tmp_path, text), standardize=False)
    np.testing.assert_array_equal(data.x, ROWS)
    assert (data.x.dtype, data.names) == (np.float32, ("all",))


def test_the_label_column_of_a_csv(tmp_path):
    text = "a,kind,b\n1,dog,2\n3,cat,5\n8,dog,-1\n"
    data = load(csv_file(tmp_path, text), label="kind", standardize=False)
    np.testing.assert_array_equal(data.x, ROWS)
    assert data.names == ("cat", "dog")
    assert data.labels.tolist() == [1, 0, 1]


def test_an_array_file(tmp_path):
    for dtype in (np.float64, np.float32, np.int16):
        data = load(npy_file(tmp_path, np.asarray(ROWS, dtype)), standardize=False)
        np.testing.assert_array_equal(data.x, ROWS)


def test_columns_and_images_become_vectors(tmp_path):
    assert load(npy_file(tmp_path, np.arange(6))).x.shape == (6, 1)
    assert load(npy_file(tmp_path, np.ones((5, 2, 3)))).x.shape == (5, 6)


def test_named_arrays_with_labels(tmp_path):
    path = npz_file(tmp_path, x=ROWS, y=["b", "a", "b"])
    data = load(path, standardize=False)
    np.testing.assert_array_equal(data.x, ROWS)
    assert (data.names, data.labels.tolist()) == (("a", "b"), [1, 0, 1])


def test_a_column_of_labels_is_as_good_as_a_row(tmp_path):
    data = load(npz_file(tmp_path, x=ROWS, y=[[2], [7], [2]]))
    assert (data.names, data.labels.tolist()) == (("2", "7"), [0, 1, 0])


def test_standardized_columns_have_mean_0_and_sd_1(tmp_path):
    x = np.column_stack([np.arange(5), np.full(5, 3.0)])
    data = load(npy_file(tmp_path, x))
    np.testing.assert_allclose(data.x.mean(axis=0), [0, 0], atol=1e-7)
    np.testing.assert_allclose(data.x.std(axis=0), [1, 0], rtol=1e-6)


NUMBERS = {"a": pa.array([1, 3, 8], pa.int16()), "b": [2.0, 5.0, -1.0]}


def test_numbers_of_a_parquet(tmp_path):
    data = load(parquet_file(tmp_path, **NUMBERS), standardize=False)
    np.testing.assert_array_equal(data.x, ROWS)
    assert (data.x.dtype, data.names) == (np.float32, ("all",))


@pytest.mark.parametrize(
    "kind", [pa.array(["dog", "cat", "dog"]).dictionary_encode(), [7, 3, 7]]
)
def test_the_label_column_of_a_parquet(tmp_path, kind):
    columns = {"a": NUMBERS["a"], "kind": kind, "b": NUMBERS["b"]}
    data = load(parquet_file(tmp_path, **columns), label="kind", standardize=False)
    np.testing.assert_array_equal(data.x, ROWS)
    assert data.names in (("cat", "dog"), ("3", "7"))
    assert data.labels.tolist() == [1, 0, 1]


BAD_PARQUET = {
    "text": ({"a": ["x", "y"]}, "column 'a' is not numbers but string"),
    "truth values": ({"a": [True, False]}, "column 'a' is not numbers but bool"),
    "a missing value": ({"a": [1, None, 3]}, "column 'a' has no value in row 2"),
    "nan": ({"a": [1.0, float("nan")]}, "not finite in row 2"),
    "one row": ({"a": [1.0]}, "at least 2 samples"),
    "no columns": ({}, "at least 2 samples"),
}


@pytest.mark.parametrize("name", BAD_PARQUET)
def test_a_bad_parquet_is_refused(tmp_path, name):
    columns, message = BAD_PARQUET[name]
    with pytest.raises(UserError) as caught:
        load(parquet_file(tmp_path, **columns))
    assert message in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_parquet_needs_its_label_column(tmp_path):
    with pytest.raises(UserError, match=r"no column 'kind'; it has \['a', 'b'\]"):
        load(parquet_file(tmp_path, **NUMBERS), label="kind")


@pytest.mark.parametrize("kept", [0, 3, -8])
def test_a_damaged_parquet_is_refused(tmp_path, kept):
    path = parquet_file(tmp_path, **NUMBERS)
    path.write_bytes(path.read_bytes()[:kept])
    with pytest.raises(UserError, match="not a readable table"):
        load(path)


def test_a_missing_pyarrow_is_named_with_its_cure(tmp_path, monkeypatch):
    path = parquet_file(tmp_path, **NUMBERS)
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    with pytest.raises(UserError, match=r"pip install retrain-sim\[data\]"):
        load(path)


BAD_CSV = {
    "empty": ("", "at least 2 samples"),
    "header only": ("a,b\n", "at least 2 samples"),
    "one row": ("1,2\n", "at least 2 samples"),
    "ragged": ("1,2\n3\n", "data row 2 has 1 values, the first has 2"),
    "ragged after a header": ("a,b\n1,2\n3,4,5\n", "data row 2 has 3 values"),
    "text": ("1,2\nx,4\n", "data row 2 is not all numbers"),
    "missing value": ("1,2\n,4\n", "data row 2 is not all numbers"),
    "nan": ("1,2\nnan,4\n", "not finite in row 2"),
    "infinite": ("1,2\n3,4\n5,inf\n", "not finite in row 3"),
    "not text": (b"\xff\xfe1,2\n3,4\n", "UTF-8"),
}


@pytest.mark.parametrize("name", BAD_CSV)
def test_a_bad_csv_is_refused(tmp_path, name):
    text, message = BAD_CSV[name]
    path = csv_file(tmp_path, text)
    with pytest.raises(UserError) as caught:
        load(path)
    assert message in str(caught.value)
    assert str(path) in str(caught.value)


@pytest.mark.parametrize("text", ["a,b\n1,2\n3,4\n", "1,2\n3,4\n", ""])
def test_a_missing_label_column_is_named(tmp_path, text):
    with pytest.raises(UserError, match="no column 'kind'"):
        load(csv_file(tmp_path, text), label="kind")


def test_labels_alone_are_no_samples(tmp_path):
    with pytest.raises(UserError, match="at least 2 samples"):
        load(csv_file(tmp_path, "kind\ncat\ndog\n"), label="kind")


BAD_ARRAYS = {
    "no samples": (np.ones((0, 2)), "at least 2 samples"),
    "one sample": (np.ones((1, 2)), "at least 2 samples"),
    "a single number": (np.asarray(3.0), "at least 2 samples"),
    "text": (np.asarray(["a", "b"]), "numbers are needed"),
    "complex": (np.ones((2, 2), complex), "numbers are needed"),
    "truth values": (np.ones((2, 2), bool), "numbers are needed"),
    "nan": (np.asarray([[1.0], [np.nan]]), "not finite in row 2"),
}


@pytest.mark.parametrize("name", BAD_ARRAYS)
def test_a_bad_array_is_refused(tmp_path, name):
    array, message = BAD_ARRAYS[name]
    path = npy_file(tmp_path, array)
    with pytest.raises(UserError) as caught:
        load(path)
    assert message in str(caught.value)
    assert str(path) in str(caught.value)


def test_named_arrays_without_x_are_refused(tmp_path):
    with pytest.raises(UserError, match=r"no array 'x'; it has \['images'\]"):
        load(npz_file(tmp_path, images=ROWS))


def test_as_many_labels_as_rows_are_needed(tmp_path):
    with pytest.raises(UserError, match="3 rows but 2 labels"):
        load(npz_file(tmp_path, x=ROWS, y=[0, 1]))


def test_pickled_objects_are_not_loaded(tmp_path):
    path = tmp_path / "table.npy"
    np.save(path, np.asarray([{}, []], dtype=object), allow_pickle=True)
    with pytest.raises(UserError, match="not a readable array file"):
        load(path)


@pytest.mark.parametrize("suffix", [".npy", ".npz"])
@pytest.mark.parametrize("kept", [0, 3, 60, -30])
def test_a_damaged_array_file_is_refused(tmp_path, suffix, kept):
    path = {".npy": npy_file, ".npz": lambda f, x: npz_file(f, x=x)}[suffix](
        tmp_path, np.asarray(ROWS)
    )
    path.write_bytes(path.read_bytes()[:kept])
    with pytest.raises(UserError, match="not a readable array file"):
        load(path)
