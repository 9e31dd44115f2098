"""The user's own table: .npy, .npz, .csv or .parquet."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from retrain_sim.base import component, static
from retrain_sim.data.dataset import Dataset, sample_of
from retrain_sim.data.readers import READERS
from retrain_sim.errors import UserError


@component
class File:
    """Rows of a ``.npy``, ``.npz``, ``.csv`` or ``.parquet`` file, one sample each.

    Args:
        path: the file. An ``.npz`` holds ``x [n, d]`` and perhaps ``y [n]`` labels; a
            ``.csv`` holds numbers, a header line is recognized; a ``.parquet`` holds
            columns of numbers and needs ``pip install retrain-sim[data]``.
        label: name of the label column of a ``.csv`` or ``.parquet`` (by default none).
        standardize: shift and scale every column to mean 0 and sd 1.
    """

    path: str = static()
    label: str = static(default="")
    standardize: bool = static(default=True)

    def check(self):
        """Yield what is out of range."""
        if Path(self.path).suffix not in READERS:
            yield "path", f"{self.path!r}: allowed: {', '.join(sorted(READERS))}"
        elif not Path(self.path).is_file():
            yield "path", f"no such file: {self.path}"

    def load(self, rng: np.random.Generator) -> Dataset:
        """Read ``[n, d]`` finite numbers, and labels if there are any."""
        x, y = READERS[Path(self.path).suffix](Path(self.path), self.label)
        x = _checked(np.asarray(x), self.path)
        if self.standardize:
            x = (x - x.mean(0)) / np.where(x.std(0) > 0, x.std(0), 1)
        if y is None:
            return sample_of(x, modes=np.zeros((1, x.shape[1])), names=("all",))
        if np.size(y) != len(x):
            raise UserError(f"{self.path}: {len(x)} rows but {np.size(y)} labels")
        classes, labels = np.unique(np.ravel(y), return_inverse=True)
        return sample_of(x, labels=labels, names=tuple(str(c) for c in classes))


def _checked(x: np.ndarray, path: str) -> np.ndarray:
    if x.ndim == 0 or x.size == 0 or len(x) < 2:
        found = len(x) if x.ndim else "a single number"
        raise UserError(f"{path}: at least 2 samples are needed, got {found}")
    if x.dtype.kind not in "fiu":
        raise UserError(f"{path}: numbers are needed, got {x.dtype}")
    x = x.reshape(len(x), -1).astype(np.float64)
    bad = np.argwhere(~np.isfinite(x))
    if len(bad):
        raise UserError(f"{path}: not finite in row {bad[0][0] + 1}")
    return x
