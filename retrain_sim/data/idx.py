"""MNIST and Fashion-MNIST, from their IDX files."""

from __future__ import annotations

import gzip
import math
import zlib
from pathlib import Path
from typing import Any

import numpy as np

from retrain_sim.base import component, static
from retrain_sim.data.dataset import Dataset
from retrain_sim.data.images import (
    checked_bytes,
    chosen,
    image_data,
    part_faults,
    path_faults,
)
from retrain_sim.errors import UserError
from retrain_sim.ranges import at_least

FILES = {
    "train": ("train-images-idx3-ubyte", "train-labels-idx1-ubyte"),
    "test": ("t10k-images-idx3-ubyte", "t10k-labels-idx1-ubyte"),
}
MNIST_MD5 = {
    "train-images-idx3-ubyte": "f68b3c2dcbeaaa9fbdd348bbdeb94873",
    "train-labels-idx1-ubyte": "d53e105ee54ea40749a09fcbcd1e9432",
    "t10k-images-idx3-ubyte": "9fb629c4189551a2d022fa330f9573f3",
    "t10k-labels-idx1-ubyte": "ec29112dd5afa0611ce80d1b7f02629c",
}
FASHION_MD5 = {
    "train-images-idx3-ubyte": "8d4fb7e6c68d591d4c3dfef9ec88bf0d",
    "train-labels-idx1-ubyte": "25c81989df183df01b3e8a0aad5dffbe",
    "t10k-images-idx3-ubyte": "bef4ecab320f06d8554ea6380940ec79",
    "t10k-labels-idx1-ubyte": "bb300cfdad3c16e7a12a480ee83cd310",
}
"""Of the .gz files, as the authors publish them."""

MNIST_FROM = (
    "get the four .gz files from https://ossci-datasets.s3.amazonaws.com/mnist/"
)
FASHION_FROM = (
    "get the four .gz files from "
    "https://github.com/zalandoresearch/fashion-mnist (data/fashion)"
)
MNIST_NAMES = tuple(str(i) for i in range(10))
FASHION_NAMES = (
    "t-shirt",
    "trouser",
    "pullover",
    "dress",
    "coat",
    "sandal",
    "shirt",
    "sneaker",
    "bag",
    "ankle-boot",
)


@component
class Mnist:
    """MNIST from the user's files: 28x28 gray digits, pixels scaled to [-1, 1].

    Args:
        path: the folder with ``train-images-idx3-ubyte.gz`` and so on (.gz or not).
        part: ``train`` (60 000 images), ``test`` (10 000) or ``all``.
        n: images to take, at random; 0 takes all.
        verify: refuse .gz files whose MD5 checksum is not the published one.

    References:
        Y. LeCun, C. Cortes, C. Burges, "The MNIST database of handwritten digits".
    """

    path: str = static()
    part: str = static(default="train")
    n: int = static(default=0)
    verify: bool = static(default=True)

    def check(self):
        """Yield what is out of range."""
        yield from path_faults(self.path, MNIST_FROM)
        yield from part_faults(self.part)
        yield from at_least(self, n=0)

    def load(self, rng: np.random.Generator) -> Dataset:
        """Return the images ``[n, 784]`` with their labels."""
        md5 = MNIST_MD5 if self.verify else {}
        return _load(self, rng, md5, MNIST_NAMES, MNIST_FROM)


@component
class FashionMnist:
    """Fashion-MNIST from the user's files: 28x28 gray clothes, pixels in [-1, 1].

    Args:
        path: the folder with ``train-images-idx3-ubyte.gz`` and so on (.gz or not).
        part: ``train`` (60 000 images), ``test`` (10 000) or ``all``.
        n: images to take, at random; 0 takes all.
        verify: refuse .gz files whose MD5 checksum is not the published one.

    References:
        H. Xiao, K. Rasul, R. Vollgraf, "Fashion-MNIST", 2017, arXiv 1708.07747.
    """

    path: str = static()
    part: str = static(default="train")
    n: int = static(default=0)
    verify: bool = static(default=True)

    def check(self):
        """Yield what is out of range."""
        yield from path_faults(self.path, FASHION_FROM)
        yield from part_faults(self.part)
        yield from at_least(self, n=0)

    def load(self, rng: np.random.Generator) -> Dataset:
        """Return the images ``[n, 784]`` with their labels."""
        md5 = FASHION_MD5 if self.verify else {}
        return _load(self, rng, md5, FASHION_NAMES, FASHION_FROM)


def _load(
    kind: Any,
    rng: np.random.Generator,
    md5: dict[str, str],
    names: tuple[str, ...],
    source: str,
) -> Dataset:
    """Read the parts that a kind names."""
    parts = ("train", "test") if kind.part == "all" else (kind.part,)
    folder = Path(kind.path)
    pairs = [[_array(folder, n, md5, source) for n in FILES[p]] for p in parts]
    for part, (pixels, labels) in zip(parts, pairs, strict=True):
        if pixels.ndim != 3 or labels.shape != pixels.shape[:1]:
            found = f"images {pixels.shape}, labels {labels.shape}"
            raise UserError(f"{folder}: {part} images and labels do not match: {found}")
        if len(labels) and labels.max() >= len(names):
            raise UserError(f"{folder}: {part} has a label {labels.max()}, above 9")
    pixels, labels = (np.concatenate(found) for found in zip(*pairs, strict=True))
    rows = chosen(rng, kind.n, len(pixels))
    return image_data(pixels[rows], labels[rows].astype(np.int64), names)


def _array(folder: Path, name: str, md5: dict[str, str], source: str) -> np.ndarray:
    packed, plain = folder / f"{name}.gz", folder / name
    if packed.is_file():
        try:
            content = gzip.decompress(checked_bytes(packed, md5.get(name, "")))
        except (OSError, EOFError, zlib.error) as error:
            raise UserError(f"{packed}: not a gzip file: {error}") from None
        return parse_idx(content, packed)
    if plain.is_file():
        return parse_idx(checked_bytes(plain, ""), plain)
    raise UserError(f"{folder}: no {name}.gz; {source}")


def parse_idx(content: bytes, path: Path | str) -> np.ndarray:
    """Parse an IDX file of unsigned bytes.

    Two zero bytes, the type (8: unsigned bytes), the number of axes; every axis' length
    as a big-endian 32-bit integer; then the values.

    Raises:
        UserError: it is not such a file, or not as long as it says.

    Example:
        >>> parse_idx(bytes([0, 0, 8, 1, 0, 0, 0, 2, 7, 9]), "two").tolist()
        [7, 9]
    """
    if len(content) < 4 or content[:3] != b"\0\0\x08":
        raise UserError(f"{path}: not an IDX file of bytes")
    head = 4 + 4 * content[3]
    if len(content) < head:
        raise UserError(f"{path}: its head is cut off")
    shape = np.frombuffer(content[4:head], ">u4").tolist()
    values = content[head:]
    if len(values) != math.prod(shape):
        raise UserError(f"{path}: {len(values)} values, its head says {shape}")
    return np.frombuffer(values, np.uint8).reshape(shape)
