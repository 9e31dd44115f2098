"""Readers of tables: a path and the label column's name -> numbers and labels."""

from __future__ import annotations

import csv
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from retrain_sim.errors import UserError, first_line

Table = tuple[np.ndarray, np.ndarray | None]
"""Rows of numbers, and the labels if there are any."""


def _read_numpy(path: Path, label: str) -> Table:
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


def _read_csv(path: Path, label: str) -> Table:
    header, rows = csv_rows(path)
    if not label:
        return _floats(rows, path), None
    if header is None or label not in header:
        raise UserError(f"{path}: no column {label!r}; the header is {header}")
    at = header.index(label)
    y = np.array([row[at] for row in rows])
    return _floats([row[:at] + row[at + 1 :] for row in rows], path), y


def csv_rows(path: Path) -> tuple[list[str] | None, list[list[str]]]:
    """Read the header, if there is one, and rows of equal length."""
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
    return header, rows


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


def parquet_table(path: Path) -> Any:
    """Read a pyarrow table."""
    try:
        import pyarrow
        from pyarrow import parquet
    except ImportError:
        raise UserError(
            f"{path}: Parquet needs pyarrow: pip install retrain-sim[data]"
        ) from None
    try:
        return parquet.read_table(path)
    except (OSError, pyarrow.ArrowException) as error:
        raise UserError(f"{path}: not a readable table: {first_line(error)}") from None


def _read_parquet(path: Path, label: str) -> Table:
    table = parquet_table(path)
    columns = {name: table[name] for name in table.column_names}
    if label and label not in columns:
        raise UserError(f"{path}: no column {label!r}; it has {list(columns)}")
    y = np.array(columns.pop(label).to_pylist()).astype(str) if label else None
    numbers = [_parquet_numbers(path, name, c) for name, c in columns.items()]
    if not numbers:
        return np.zeros((table.num_rows, 0)), y
    return np.stack(numbers, axis=1), y


def _parquet_numbers(path: Path, name: str, column: Any) -> np.ndarray:
    """Return one column as float64; a missing value would become NaN, silently."""
    import pyarrow.types as types

    if not (types.is_integer(column.type) or types.is_floating(column.type)):
        raise UserError(f"{path}: column {name!r} is not numbers but {column.type}")
    if column.null_count:
        row = column.is_null().to_pylist().index(True)
        raise UserError(f"{path}: column {name!r} has no value in row {row + 1}")
    return column.to_numpy().astype(np.float64)


READERS: dict[str, Callable[[Path, str], Table]] = {
    ".csv": _read_csv,
    ".npy": _read_numpy,
    ".npz": _read_numpy,
    ".parquet": _read_parquet,
}
"""Suffix of a file -> what reads it."""
