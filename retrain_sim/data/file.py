"""The user's own table: .npy, .npz or .csv."""

from __future__ import annotations

import csv
import zipfile
from pathlib import Path

import numpy as np

from retrain_sim.base import component, static
from retrain_sim.data.dataset import Dataset, sample_of
from retrain_sim.errors import UserError


@component
class File:
    """Rows of a ``.npy``, ``.npz`` or ``.csv`` file, one sample per row.

    Args:
        path: the file. An ``.npz`` holds ``x [n, d]`` and perhaps ``y [n]`` labels; a
            ``.csv`` holds numbers, a header line is recognized.
        label: name of the label column of a ``.csv`` (none by default).
        standardize: shift and scale every column to mean 0 and sd 1.
    """

    path: str = static()
    label: str = static(default="")
    standardize: bool = static(default=True)

    def check(self):
        """Yield what is out of range."""
        if Path(self.path).suffix not in _READERS:
            yield "path", f"{self.path!r}: allowed: {', '.join(sorted(_READERS))}"
        elif not Path(self.path).is_file():
            yield "path", f"no such file: {self.path}"

    def load(self, rng: np.random.Generator) -> Dataset:
        """Read ``[n, d]`` finite numbers, and labels if there are any."""
        x, y = _READERS[Path(self.path).suffix](Path(self.path), self.label)
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


def _read_numpy(path: Path, label: str) -> tuple[np.ndarray, np.ndarray | None]:
    try:
        with path.open("rb") as file:
            loaded = np.load(file, allow_pickle=False)
            if isinstance(loaded, np.ndarray):
                return loaded, None
            if "x" not in loaded:
                raise UserError(f"{path}: no array 'x'; it has {sorted(loaded)}")
            return loaded["x"], loaded.get("y")
    except (ValueError, OSError, EOFError, zipfile.BadZipFile) as error:
        if isinstance(error, UserError):
            raise
        raise UserError(f"{path}: not a readable array file: {error}") from None


def _read_csv(path: Path, label: str) -> tuple[np.ndarray, np.ndarray | None]:
    try:
        with path.open(newline="", encoding="utf-8-sig") as file:
            rows = [row for row in csv.reader(file) if row]
    except UnicodeDecodeError:
        raise UserError(f"{path}: not a readable table: not UTF-8 text") from None
    except csv.Error as error:
        raise UserError(f"{path}: not a readable table: {error}") from None
    header = rows.pop(0) if rows and not _numeric(rows[0]) else None
    for i, row in enumerate(rows):
        if len(row) != len(rows[0]):
            raise UserError(
                f"{path}: data row {i + 1} has {len(row)} values, "
                f"the first has {len(rows[0])}"
            )
    if not label:
        return _floats(rows, path), None
    if header is None or label not in header:
        raise UserError(f"{path}: no column {label!r}; the header is {header}")
    at = header.index(label)
    y = np.array([row[at] for row in rows])
    return _floats([row[:at] + row[at + 1 :] for row in rows], path), y


def _numeric(row: list[str]) -> bool:
    try:
        [float(value) for value in row]
    except ValueError:
        return False
    return True


def _floats(rows: list[list[str]], path: Path) -> np.ndarray:
    for i, row in enumerate(rows):
        if not _numeric(row):
            raise UserError(f"{path}: data row {i + 1} is not all numbers: {row}")
    width = len(rows[0]) if rows else 0
    return np.array(rows, dtype=np.float64).reshape(len(rows), width)


_READERS = {".npy": _read_numpy, ".npz": _read_numpy, ".csv": _read_csv}
