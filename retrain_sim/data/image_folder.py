"""The user's own images: a folder of pictures, or one array file."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from retrain_sim.base import component, static
from retrain_sim.data.dataset import Dataset
from retrain_sim.data.images import image_data, image_rows, path_faults
from retrain_sim.data.readers import READERS
from retrain_sim.errors import UserError, first_line
from retrain_sim.ranges import at_least

SUFFIXES = (".bmp", ".gif", ".jpeg", ".jpg", ".png", ".tif", ".tiff", ".webp")
COLORS = {"color": "RGB", "gray": "L"}


@component
class ImageFolder:
    """Pictures in a folder, scaled to squares; its subfolders are the classes.

    Args:
        path: the folder; pictures lie in it (one class, ``all``), or in subfolders
            (one class each).
        side: rows and columns to scale every picture to, >= 2.
        colors: ``color`` or ``gray``.
    """

    path: str = static()
    side: int = static(default=32)
    colors: str = static(default="color")

    def check(self):
        """Yield what is out of range."""
        hint = f"a folder with pictures ({', '.join(SUFFIXES)}), or subfolders of them"
        yield from path_faults(self.path, hint)
        yield from at_least(self, side=2)
        if self.colors not in COLORS:
            allowed = ", ".join(COLORS)
            yield "colors", f"unknown {self.colors!r}; allowed: {allowed}"

    def load(self, rng: np.random.Generator) -> Dataset:
        """Return the pictures as rows, pixels scaled to [-1, 1]."""
        root = Path(self.path)
        files = sorted(p for p in root.rglob("*") if p.suffix.lower() in SUFFIXES)
        if len(files) < 2:
            raise UserError(f"{root}: {len(files)} pictures, at least 2 are needed")
        classes = [p.relative_to(root).parts[:-1] for p in files]
        if len({bool(c) for c in classes}) > 1:
            raise UserError(f"{root}: pictures both beside and in its subfolders")
        found = ["/".join(c[:1]) or "all" for c in classes]
        names, labels = np.unique(found, return_inverse=True)
        pixels = np.stack([_pixels(p, self.side, COLORS[self.colors]) for p in files])
        return image_data(pixels, labels, tuple(names.tolist()))


@component
class ImageFile:
    """Images in a ``.npy`` or ``.npz`` file: bytes, or numbers in [-1, 1] or [0, 1].

    Args:
        path: the file. An ``.npz`` holds images ``x [n, rows, columns]`` or ``[n, rows,
            columns, channels]``, and perhaps labels ``y [n]``. Numbers that are not
            bytes are taken as they are if any is negative, else from [0, 1].
    """

    path: str = static()

    def check(self):
        """Yield what is out of range."""
        yield from path_faults(self.path, "an .npz file with images x and labels y")
        if Path(self.path).suffix not in (".npy", ".npz"):
            yield "path", f"{self.path!r}: allowed: .npy, .npz"

    def load(self, rng: np.random.Generator) -> Dataset:
        """Return the images as rows, pixels scaled to [-1, 1]."""
        x, y = READERS[Path(self.path).suffix](Path(self.path), "")
        images = _images(np.asarray(x), self.path)
        if y is not None and np.size(y) != len(images):
            raise UserError(f"{self.path}: {len(x)} images but {np.size(y)} labels")
        found = np.repeat("all", len(images)) if y is None else np.ravel(y)
        classes, labels = np.unique(found, return_inverse=True)
        return image_rows(images, labels, tuple(str(c) for c in classes))


def _pixels(path: Path, side: int, mode: str) -> np.ndarray:
    from PIL import Image, UnidentifiedImageError

    try:
        with Image.open(path) as picture:
            return np.asarray(picture.convert(mode).resize((side, side)))
    except (OSError, UnidentifiedImageError, ValueError) as error:
        raise UserError(f"{path}: not a picture: {first_line(error)}") from None


def _images(x: np.ndarray, path: str) -> np.ndarray:
    """Check images, and scale them to [-1, 1]."""
    if x.ndim not in (3, 4) or len(x) < 2 or 0 in x.shape:
        shapes = "[n, rows, columns] or [n, rows, columns, channels]"
        raise UserError(f"{path}: images {shapes} are needed, got {x.shape}")
    if x.dtype == np.uint8:
        return x.astype(np.float32) / 127.5 - 1
    if x.dtype.kind != "f" or not np.isfinite(x).all() or np.abs(x).max() > 1:
        raise UserError(f"{path}: bytes, or finite numbers in [-1, 1], are needed")
    return x if x.min() < 0 else 2 * x - 1
