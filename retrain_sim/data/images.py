"""What the readers of image files share: scaling, classes, files that must be there."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from jaxtyping import Float, Int, UInt8

from retrain_sim.data.dataset import Dataset, sample_of
from retrain_sim.errors import UserError

PARTS = ("train", "test", "all")


def image_data(
    pixels: UInt8[np.ndarray, "n h w *c"],
    labels: Int[np.ndarray, " n"],
    names: tuple[str, ...],
) -> Dataset:
    """Scale bytes to [-1, 1], one image per row; gray ones have no channel axis.

    Args:
        pixels: 0 to 255.
        labels: a class for every image.
        names: of the classes.

    Returns:
        The data set.

    Example:
        >>> white = np.full((2, 1, 1), 255, np.uint8)
        >>> data = image_data(white, np.arange(2), ("a", "b"))
        >>> data.x.ravel().tolist(), data.image_shape
        ([1.0, 1.0], (1, 1))
    """
    return image_rows(pixels.astype(np.float32) / 127.5 - 1, labels, names)


def image_rows(
    images: Float[np.ndarray, "n h w *c"],
    labels: Int[np.ndarray, " n"],
    names: tuple[str, ...],
) -> Dataset:
    """Make a data set of images whose numbers are in [-1, 1]; one class has no labels.

    Example:
        >>> image_rows(np.zeros((2, 3, 3, 1)), np.zeros(2, int), ("all",)).image_shape
        (3, 3)
    """
    shape = images.shape[1:3] if images.shape[3:] == (1,) else images.shape[1:]
    known = {"labels": labels} if len(names) > 1 else {}
    rows = images.reshape(len(images), -1)
    return sample_of(rows, names=names, image_shape=tuple(shape), **known)


def chosen(rng: np.random.Generator, n: int, total: int) -> Int[np.ndarray, " m"]:
    """Draw which ``n`` of ``total`` rows to take, in order; 0 takes all.

    Example:
        >>> chosen(np.random.default_rng(0), 0, 3).tolist()
        [0, 1, 2]
    """
    if n == 0 or n >= total:
        return np.arange(total)
    return np.sort(rng.choice(total, n, replace=False))


def path_faults(path: str, where_from: str) -> Iterator[tuple[str, str]]:
    """Yield a path that does not exist, and where to get what belongs there."""
    if not Path(path).exists():
        yield "path", f"no such file or folder: {path}; {where_from}"


def part_faults(part: str) -> Iterator[tuple[str, str]]:
    """Yield an unknown part of a data set."""
    if part not in PARTS:
        yield "part", f"unknown {part!r}; allowed: {', '.join(PARTS)}"


def checked_bytes(path: Path, published: str) -> bytes:
    """Read a file; refuse one whose MD5 checksum is not the published one.

    Args:
        path: the file.
        published: the checksum in hexadecimal; empty accepts any file.

    Raises:
        UserError: it cannot be read, or is another file.
    """
    try:
        content = path.read_bytes()
    except OSError as error:
        raise UserError(f"{path}: cannot be read: {error.strerror}") from None
    found = hashlib.md5(content, usedforsecurity=False).hexdigest()
    if published and found != published:
        raise UserError(
            f"{path}: MD5 {found}, published {published}: incomplete, or another file "
            "(verify = false reads it anyway)"
        )
    return content
