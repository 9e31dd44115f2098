"""Readers of scored tables: a path -> columns by name, as the file has them."""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from retrain_sim.data.readers import csv_rows, parquet_table
from retrain_sim.errors import UserError
from retrain_sim.files import DAMAGE

Columns = Mapping[str, Sequence[Any] | np.ndarray]
"""Name -> values, one per row; numbers may still be text."""


def read_columns(path: Path) -> Columns:
    """Read a table.

    Args:
        path: ``.csv`` with a header, ``.parquet``, ``.jsonl`` with one object per line,
            or ``.npz`` with one array ``[n]`` per column.

    Returns:
        Columns of equal length.

    Raises:
        UserError: no such file, or not such a table; the line says where.
    """
    if path.suffix not in _READERS:
        allowed = ", ".join(sorted(_READERS))
        raise UserError(f"{path}: a table of scores is needed, allowed: {allowed}")
    if not path.is_file():
        raise UserError(f"no such file: {path}")
    columns = _READERS[path.suffix](path)
    if not columns or not len(next(iter(columns.values()))):
        raise UserError(f"{path}: the table has no rows")
    return columns


def _read_csv(path: Path) -> Columns:
    header, rows = csv_rows(path)
    if header is None:
        if not rows:
            raise UserError(f"{path}: the table has no rows")
        raise UserError(f"{path}: no header: the first line must name the columns")
    if rows and len(rows[0]) != len(header):
        raise UserError(
            f"{path}: the header names {len(header)} columns, "
            f"data row 1 has {len(rows[0])} values"
        )
    names = [name.strip() for name in header]
    _check_names(path, names)
    return dict(zip(names, zip(*rows, strict=True), strict=True)) if rows else {}


def _read_parquet(path: Path) -> Columns:
    table = parquet_table(path)
    _check_names(path, table.column_names)
    return {name: _plain(table[name]) for name in table.column_names}


def _plain(column: Any) -> Sequence[Any] | np.ndarray:
    import pyarrow.types as types

    numeric = types.is_integer(column.type) or types.is_floating(column.type)
    if numeric and not column.null_count:
        return column.to_numpy()
    return column.to_pylist()


def _read_npz(path: Path) -> Columns:
    try:
        with np.load(path, allow_pickle=False) as file:
            columns = {name: file[name] for name in file.files}
    except DAMAGE as error:
        raise UserError(f"{path}: not a readable array file: {error}") from None
    for name, values in columns.items():
        if values.shape != next(iter(columns.values())).shape or values.ndim != 1:
            raise UserError(
                f"{path}: array {name!r} has shape {values.shape}, "
                "allowed: one value per row [n], the same n for all"
            )
    return columns


def _read_lines(path: Path) -> Columns:
    try:
        lines = path.read_text(encoding="utf-8-sig").splitlines()
    except UnicodeDecodeError:
        raise UserError(f"{path}: not a readable table: not UTF-8 text") from None
    rows = [_object(path, i, line) for i, line in enumerate(lines) if line.strip()]
    names = list(rows[0]) if rows else []
    for i, row in enumerate(rows):
        if set(row) != set(names):
            odd = sorted(set(row) ^ set(names))[0]
            raise UserError(
                f"{path}: row {i + 1} and row 1 differ in their keys: {odd!r}"
            )
    return {name: [row[name] for row in rows] for name in names}


def _object(path: Path, i: int, line: str) -> dict[str, Any]:
    try:
        found = json.loads(line)
    except ValueError as error:
        raise UserError(f"{path}: line {i + 1} is not JSON: {error}") from None
    if not isinstance(found, dict):
        raise UserError(f"{path}: line {i + 1} is not an object {{name: value}}")
    return found


_READERS: dict[str, Callable[[Path], Columns]] = {
    ".csv": _read_csv,
    ".jsonl": _read_lines,
    ".npz": _read_npz,
    ".parquet": _read_parquet,
}


def _check_names(path: Path, names: Sequence[str]) -> None:
    for i, name in enumerate(names):
        if not name:
            raise UserError(f"{path}: column {i + 1} has no name")
        if name in names[:i]:
            raise UserError(f"{path}: two columns are named {name!r}")


def numbers(where: str, name: str, values: Sequence[Any] | np.ndarray) -> np.ndarray:
    """Return a column as finite float64, or say which row is not a number.

    Args:
        where: the file, for the message.
        name: the column's name.
        values: one per row.

    Returns:
        Numbers ``[n]``.

    Raises:
        UserError: a value is missing, text, or not finite.

    Example:
        >>> numbers("scores.csv", "helpful", ("0.5", "2"))
        array([0.5, 2. ])
    """
    try:
        array = np.asarray(values)
        if array.dtype.kind in "bmM":
            raise TypeError
        array = array.astype(np.float64)
    except (TypeError, ValueError):
        array = np.array([_number(value) for value in values])
    wrong = np.flatnonzero(~np.isfinite(array))
    if wrong.size:
        row, value = wrong[0] + 1, values[wrong[0]]
        raise UserError(f"{where}: column {name!r} {_fault(value)} in row {row}")
    return array


def _number(value: Any) -> float:
    try:
        return math.nan if isinstance(value, bool | np.bool_) else float(value)
    except (TypeError, ValueError):
        return math.nan


def _fault(value: Any) -> str:
    text = "" if value is None else str(value).strip()
    if text.lower() in ("", "nan", "na", "null", "none"):
        return "has no value"
    finite = text.lstrip("+-").lower() in ("inf", "infinity")
    return f"holds {text}, not a finite number," if finite else f"holds {text!r}"
