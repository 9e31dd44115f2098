"""Image files: what is read, bit by bit, and how a bad one is refused."""

import gzip
import hashlib
import tarfile

import numpy as np
import pytest
from image_files import cifar_folder, idx_folder, image_file, picture_folder
from PIL import Image
from support import assert_identical

from retrain_sim import data
from retrain_sim.data import cifar10, idx
from retrain_sim.errors import UserError
from retrain_sim.plotting import tile
from retrain_sim.registry import build


def load(kind):
    return kind.load(np.random.default_rng(0))


def archive(folder):
    """Pack CIFAR-10's folder as its authors do."""
    inside = folder / "cifar-10-batches-bin"
    inside.mkdir()
    cifar_folder(inside)
    path = folder / "cifar-10-binary.tar.gz"
    with tarfile.open(path, "w:gz") as tar:
        tar.add(inside, inside.name)
    return path, str(inside)


def test_planes_of_a_cifar_record_become_channels(tmp_path):
    record = np.concatenate([[3], np.repeat([255, 0, 51], 1024)]).astype(np.uint8)
    cifar_folder(tmp_path)
    (tmp_path / "test_batch.bin").write_bytes(2 * record.tobytes())
    found = load(data.Cifar10(str(tmp_path), part="test"))
    assert found.image_shape == (32, 32, 3)
    assert [found.names[i] for i in found.labels] == ["cat", "cat"]
    expected = np.tile([1.0, -1.0, -0.6], 1024)
    np.testing.assert_allclose(found.x, [expected, expected], atol=1e-6)


def test_a_cifar_archive_is_read_as_its_folder(tmp_path):
    path, folder = archive(tmp_path)
    packed = load(data.Cifar10(str(path), verify=False))
    plain = load(data.Cifar10(folder))
    assert_identical(packed._replace(names=()), plain._replace(names=()))
    assert len(packed.x) == 100


def test_checksums_are_compared(tmp_path, monkeypatch):
    path, _ = archive(tmp_path)
    with pytest.raises(UserError, match=f"published {cifar10.MD5}"):
        load(data.Cifar10(str(path)))
    own = hashlib.md5(path.read_bytes(), usedforsecurity=False).hexdigest()
    monkeypatch.setattr(cifar10, "MD5", own)
    assert len(load(data.Cifar10(str(path))).x) == 100
    with pytest.raises(UserError, match="published f68b3c2dcbeaaa9fbdd348bbdeb94873"):
        load(data.Mnist(idx_folder(tmp_path)))


def test_idx_files_packed_or_not(tmp_path):
    folder = idx_folder(tmp_path)
    packed = load(data.Mnist(folder, verify=False))
    pixels = np.random.default_rng(0).integers(0, 256, (20, 4, 4), np.uint8)
    np.testing.assert_allclose(packed.x, pixels.reshape(20, 16) / 127.5 - 1, atol=1e-6)
    for path in tmp_path.glob("*.gz"):
        path.with_suffix("").write_bytes(gzip.decompress(path.read_bytes()))
        path.unlink()
    assert_identical(load(data.Mnist(folder)).x, packed.x)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"\0\0\x0d\1\0\0\0\1\0", "not an IDX file"),
        (b"\0\0\x08\3\0\0", "cut off"),
        (b"\0\0\x08\1\0\0\0\4ab", "2 values"),
        (b"", "not an IDX file"),
    ],
)
def test_a_damaged_idx_file_is_refused(content, message):
    with pytest.raises(UserError, match=message):
        idx.parse_idx(content, "file")


def test_damaged_files_are_refused(tmp_path):
    idx_folder(tmp_path)
    (tmp_path / "train-labels-idx1-ubyte.gz").write_bytes(b"no gzip")
    with pytest.raises(UserError, match="not a gzip file"):
        load(data.Mnist(str(tmp_path), verify=False))
    cifar_folder(tmp_path)
    (tmp_path / "test_batch.bin").write_bytes(b"123")
    with pytest.raises(UserError, match="not whole records"):
        load(data.Cifar10(str(tmp_path), part="test"))
    (tmp_path / "data_batch_3.bin").unlink()
    with pytest.raises(UserError, match=r"no data_batch_3\.bin; get cifar-10-binary"):
        load(data.Cifar10(str(tmp_path)))
    path = tmp_path / "x.tar.gz"
    path.write_bytes(b"no archive")
    with pytest.raises(UserError, match="not a tar archive"):
        load(data.Cifar10(str(path), verify=False))


@pytest.mark.parametrize("kind", ["cifar10", "mnist", "fashion-mnist"])
def test_missing_files_say_where_to_get_them(kind, tmp_path):
    missing = {"kind": kind, "path": str(tmp_path / "nowhere")}
    with pytest.raises(UserError, match=r"no such file or folder.*get .*https://"):
        build("data", missing, "data")


def test_pictures_are_scaled_and_named_after_their_folders(tmp_path):
    found = load(data.ImageFolder(picture_folder(tmp_path), 4))
    assert (found.image_shape, found.names) == ((4, 4, 3), ("cat", "dog"))
    assert found.labels.tolist() == [0, 0, 0, 1, 1, 1]
    first = np.tile([-1.0, -1.0, 1.0], 16)
    np.testing.assert_allclose(found.x[0], first, atol=1e-6)
    gray = load(data.ImageFolder(str(tmp_path / "cat"), 4, "gray"))
    assert (gray.image_shape, gray.names, gray.labels) == ((4, 4), ("all",), None)


def test_what_is_not_a_picture_is_refused(tmp_path):
    picture_folder(tmp_path)
    (tmp_path / "cat" / "bad.png").write_bytes(b"no picture")
    with pytest.raises(UserError, match="not a picture"):
        load(data.ImageFolder(str(tmp_path)))
    (tmp_path / "cat" / "bad.png").unlink()
    Image.new("L", (2, 2)).save(tmp_path / "beside.png")
    with pytest.raises(UserError, match="beside and in its subfolders"):
        load(data.ImageFolder(str(tmp_path)))
    (tmp_path / "empty").mkdir()
    with pytest.raises(UserError, match="0 pictures"):
        load(data.ImageFolder(str(tmp_path / "empty")))


def test_images_of_an_array_file(tmp_path):
    found = load(data.ImageFile(image_file(tmp_path)))
    assert (found.image_shape, found.names) == ((3, 3), ("0", "1"))
    np.testing.assert_allclose(found.x, 7 / 127.5 - 1, atol=1e-6)
    path = tmp_path / "images.npy"
    for values, expected in (([0.0, 1.0], [-1.0, 1.0]), ([-1.0, 0.5], [-1.0, 0.5])):
        np.save(path, np.broadcast_to(np.array(values)[:, None, None], (2, 2, 2)))
        np.testing.assert_allclose(load(data.ImageFile(str(path))).x[:, 0], expected)
    for bad in (np.zeros((3, 4)), np.full((2, 2, 2), 5.0), np.zeros((2, 2, 2), int)):
        np.save(path, bad)
        with pytest.raises(UserError, match="are needed"):
            load(data.ImageFile(str(path)))


def test_nothing_is_unpickled(tmp_path):
    path = tmp_path / "images.npy"
    np.save(path, np.array([[[object()]]] * 2), allow_pickle=True)
    with pytest.raises(UserError, match="not a readable array file"):
        load(data.ImageFile(str(path)))


@pytest.mark.parametrize("side", [16, 32])
def test_larger_digits_keep_their_corners_and_range(side):
    small, large = load(data.Digits()), load(data.Digits(side))
    assert large.image_shape == (side, side)
    corners = large.x.reshape(-1, side, side)[:, [0, 0, -1, -1], [0, -1, 0, -1]]
    expected = small.x.reshape(-1, 8, 8)[:, [0, 0, -1, -1], [0, -1, 0, -1]]
    np.testing.assert_allclose(corners, expected, atol=1e-6)
    assert (large.x.min(), large.x.max()) == (-1, 1)
    with pytest.raises(UserError, match=r"data.side: must be one of \(8, 16, 32\)"):
        build("data", {"kind": "digits", "side": 9}, "data")


def test_color_images_are_tiled_in_their_order():
    images = np.arange(4 * 12).reshape(4, 12)
    found = tile(images, (2, 2, 3))
    assert found.shape == (7, 7, 3)
    np.testing.assert_array_equal(found[1:3, 4:6].ravel(), images[1])
