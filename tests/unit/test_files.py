"""Files that are never half written, and never unpickled."""

import stat

import numpy as np
import pytest

from retrain_sim.files import load_leaves, save_leaves, write_atomic, write_text

LEAVES = [
    np.arange(12, dtype=np.float32).reshape(3, 4),
    np.asarray(2.5),
    np.zeros((2, 0), np.int32),
    np.asarray([True, False]),
]


class DiskFullError(OSError):
    """Stands for whatever stops a writer."""


@pytest.mark.parametrize("error", [DiskFullError, KeyboardInterrupt])
def test_the_old_file_stays_when_the_writer_stops(tmp_path, error):
    path = tmp_path / "file"
    write_text(path, "old")

    def write(file):
        file.write(b"half")
        raise error

    with pytest.raises(error):
        write_atomic(path, write)
    assert path.read_text() == "old"
    assert list(tmp_path.iterdir()) == [path]


def test_a_new_file_does_not_appear_when_the_writer_stops(tmp_path):
    def write(file):
        raise DiskFullError

    with pytest.raises(DiskFullError):
        write_atomic(tmp_path / "file", write)
    assert list(tmp_path.iterdir()) == []


def test_a_file_is_replaced_and_readable_by_all(tmp_path):
    path = tmp_path / "file"
    write_text(path, "old")
    write_text(path, "größer")
    assert path.read_bytes() == "größer".encode()
    assert stat.S_IMODE(path.stat().st_mode) == 0o644
    assert list(tmp_path.iterdir()) == [path]


def test_a_missing_folder_is_an_os_error(tmp_path):
    with pytest.raises(OSError, match="no-folder"):
        write_text(tmp_path / "no-folder" / "file", "text")


def test_leaves_come_back_in_order_with_their_types(tmp_path):
    save_leaves(tmp_path / "leaves.npz", LEAVES)
    found = load_leaves(tmp_path / "leaves.npz")
    assert len(found) == len(LEAVES)
    for a, b in zip(found, LEAVES, strict=True):
        assert (a.dtype, a.shape, a.tobytes()) == (b.dtype, b.shape, b.tobytes())


def test_more_than_ten_leaves_keep_their_order(tmp_path):
    save_leaves(tmp_path / "leaves.npz", range(120))
    assert [int(leaf) for leaf in load_leaves(tmp_path / "leaves.npz")] == [*range(120)]


def test_no_leaves_are_leaves_too(tmp_path):
    save_leaves(tmp_path / "leaves.npz", [])
    assert load_leaves(tmp_path / "leaves.npz") == []


def test_a_missing_file_is_an_os_error(tmp_path):
    with pytest.raises(FileNotFoundError):
        load_leaves(tmp_path / "leaves.npz")


@pytest.fixture
def saved(tmp_path):
    path = tmp_path / "leaves.npz"
    save_leaves(path, LEAVES)
    return path


def test_a_truncated_file_is_a_value_error(saved):
    whole = saved.read_bytes()
    for kept in range(0, len(whole), 7):
        saved.write_bytes(whole[:kept])
        with pytest.raises(ValueError, match="is damaged"):
            load_leaves(saved)


def test_a_flipped_bit_changes_no_leaf(saved):
    """It is an error, or a leaf is missing, or it hit a date: never a wrong number."""
    whole, noticed = saved.read_bytes(), 0
    expected = {(x.dtype, x.shape, x.tobytes()) for x in LEAVES}
    for at in range(len(whole)):
        damaged = bytearray(whole)
        damaged[at] ^= 0x10
        saved.write_bytes(damaged)
        try:
            found = load_leaves(saved)
        except ValueError:
            noticed += 1
        else:
            assert {(x.dtype, x.shape, x.tobytes()) for x in found} <= expected
    assert noticed > len(whole) / 4


def test_objects_are_not_unpickled(tmp_path):
    path = tmp_path / "leaves.npz"
    np.savez(path, np.asarray([{}], dtype=object), allow_pickle=True)
    with pytest.raises(ValueError, match="is damaged"):
        load_leaves(path)
