"""CIFAR-10, from its binary version."""

from __future__ import annotations

import io
import tarfile
from collections.abc import Iterator
from pathlib import Path

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
from retrain_sim.errors import UserError, first_line
from retrain_sim.ranges import at_least

FILES = {
    "train": tuple(f"data_batch_{i}.bin" for i in range(1, 6)),
    "test": ("test_batch.bin",),
}
MD5 = "c32a1d4ab5d03f1284b67883e8d87530"
"""Of cifar-10-binary.tar.gz, as the authors publish it."""

SOURCE = (
    "get cifar-10-binary.tar.gz (162 MB) from "
    "https://www.cs.toronto.edu/~kriz/cifar.html"
)
NAMES = (
    "airplane",
    "automobile",
    "bird",
    "cat",
    "deer",
    "dog",
    "frog",
    "horse",
    "ship",
    "truck",
)
SIDE, CHANNELS = 32, 3
RECORD = 1 + SIDE * SIDE * CHANNELS
"""Bytes of an image: its label, then the red, green and blue planes."""


@component
class Cifar10:
    """CIFAR-10 from the user's files: 32x32 color images, pixels scaled to [-1, 1].

    Args:
        path: ``cifar-10-binary.tar.gz``, read as it is, or the folder in it,
            ``cifar-10-batches-bin``.
        part: ``train`` (50 000 images), ``test`` (10 000) or ``all``.
        n: images to take, at random; 0 takes all.
        verify: refuse an archive whose MD5 checksum is not the published one.

    References:
        A. Krizhevsky, "Learning Multiple Layers of Features from Tiny Images", 2009.
    """

    path: str = static()
    part: str = static(default="train")
    n: int = static(default=0)
    verify: bool = static(default=True)

    def check(self):
        """Yield what is out of range."""
        yield from path_faults(self.path, SOURCE)
        yield from part_faults(self.part)
        yield from at_least(self, n=0)
        folder = Path(self.path)
        for name in self._files() if folder.is_dir() else ():
            if not (folder / name).is_file():
                yield "path", f"{folder}: no {name}; {SOURCE}"

    def _files(self) -> list[str]:
        parts = ("train", "test") if self.part == "all" else (self.part,)
        return [name for part in parts for name in FILES[part]]

    def load(self, rng: np.random.Generator) -> Dataset:
        """Return the images ``[n, 3072]`` with their labels."""
        names, path = self._files(), Path(self.path)
        if path.is_dir():
            found = _from_folder(path, names)
        else:
            found = _from_archive(path, names, MD5 if self.verify else "")
        records = np.concatenate([_records(c, name) for name, c in found])
        records = records[chosen(rng, self.n, len(records))]
        planes = records[:, 1:].reshape(-1, CHANNELS, SIDE, SIDE)
        pixels = np.ascontiguousarray(planes.transpose(0, 2, 3, 1))
        return image_data(pixels, records[:, 0].astype(np.int64), NAMES)


def _from_folder(folder: Path, names: list[str]) -> Iterator[tuple[str, bytes]]:
    for name in names:
        if not (folder / name).is_file():
            raise UserError(f"{folder}: no {name}; {SOURCE}")
        yield str(folder / name), checked_bytes(folder / name, "")


def _from_archive(
    path: Path, names: list[str], published: str
) -> Iterator[tuple[str, bytes]]:
    """Read files out of the archive, which is never unpacked on disk."""
    try:
        with tarfile.open(fileobj=io.BytesIO(checked_bytes(path, published))) as tar:
            inside = {Path(m.name).name: m for m in tar.getmembers() if m.isfile()}
            for name in names:
                file = tar.extractfile(inside[name]) if name in inside else None
                if file is None:
                    raise UserError(f"{path}: no {name} in it; {SOURCE}")
                yield f"{path}: {name}", file.read()
    except (tarfile.TarError, EOFError, OSError) as error:
        raise UserError(f"{path}: not a tar archive: {first_line(error)}") from None


def _records(content: bytes, name: str) -> np.ndarray:
    if not content or len(content) % RECORD:
        raise UserError(f"{name}: {len(content)} bytes, not whole records of {RECORD}")
    records = np.frombuffer(content, np.uint8).reshape(-1, RECORD)
    if records[:, 0].max() >= len(NAMES):
        raise UserError(f"{name}: a label {records[:, 0].max()}, above 9")
    return records
