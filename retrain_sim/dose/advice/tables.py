"""Files of features: rows of numbers, perhaps with labels and groups."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from jaxtyping import Float

from retrain_sim.data.readers import csv_rows
from retrain_sim.errors import UserError, nearest
from retrain_sim.files import DAMAGE
from retrain_sim.forecasting.columns import Columns, numbers, read_columns

SUFFIXES = (".csv", ".jsonl", ".npy", ".npz", ".parquet")
LEAST_ROWS = 10
LABEL, GROUP = "label", "group"
_ALLOWED = "allowed: finite numbers, but for the columns named by --label and --group"


class Rows(NamedTuple):
    """Rows of a file.

    Attributes:
        source: the file, for messages.
        names: of the features.
        x: features ``[n, d]``.
        labels: as the file has them ``[n]``; None if there are none.
        groups: the same.
    """

    source: str
    names: tuple[str, ...]
    x: Float[np.ndarray, "n d"]
    labels: tuple[str, ...] | None
    groups: tuple[str, ...] | None


def read_rows(source: str | Path | Columns, label: str = "", group: str = "") -> Rows:
    """Read features, labels and groups.

    Args:
        source: ``.npy`` with ``[n, d]``; ``.npz`` with ``x [n, d]`` and perhaps
            ``y [n]`` and other columns ``[n]``; ``.csv`` with or without a header;
            ``.parquet``, ``.jsonl``; or columns, name -> values ``[n]``.
        label: column of the labels; by default ``label``, if there is one.
        group: column of the groups; by default ``group``, if there is one.

    Returns:
        Every other column as a feature.

    Raises:
        UserError: not such a file, a column is missing or holds no numbers, fewer than
            10 rows.

    Example:
        >>> rows = read_rows({"a": range(10), "label": ["u", "v"] * 5})
        >>> rows.x.shape, rows.names, rows.labels[:2]
        ((10, 1), ('a',), ('u', 'v'))
    """
    if isinstance(source, str | Path):
        where, columns = str(source), _read(Path(source))
    else:
        where, columns = "data", source
    for name in filter(None, (label, group)):
        if name not in columns:
            raise UserError(f"{where}: no column {name!r}; {nearest(name, columns)}")
    label = label or (LABEL if LABEL in columns and group != LABEL else "")
    group = group or (GROUP if GROUP in columns and label != GROUP else "")
    names = tuple(name for name in columns if name not in (label, group))
    x = _features(where, columns, names)
    text = (_text(where, columns, name) for name in (label, group))
    return Rows(where, names, x, *text)


def _read(path: Path) -> Columns:
    if path.suffix not in SUFFIXES:
        raise UserError(f"{path}: allowed: {', '.join(SUFFIXES)}")
    if not path.is_file():
        raise UserError(f"no such file: {path}")
    if path.suffix in (".npy", ".npz"):
        return _arrays(path)
    if path.suffix == ".csv" and csv_rows(path)[0] is None:
        rows = csv_rows(path)[1]
        return _numbered(np.array(rows, np.float64)) if rows else read_columns(path)
    return read_columns(path)


def _arrays(path: Path) -> Columns:
    """Read ``.npy``, or ``.npz`` with ``x``; else an array per column."""
    try:
        with path.open("rb") as file:
            loaded = np.load(file, allow_pickle=False)
            if isinstance(loaded, np.ndarray):
                return _table(path, loaded)
            if "x" not in loaded or loaded["x"].ndim != 2:
                return read_columns(path)
            others = {name: loaded[name] for name in loaded.files if name != "x"}
            columns = dict(_table(path, loaded["x"]))
    except DAMAGE as error:
        if isinstance(error, UserError):
            raise
        raise UserError(f"{path}: not a readable array file: {error}") from None
    for name, values in others.items():
        if values.shape != (len(columns["x1"]),):
            raise UserError(
                f"{path}: array {name!r} has shape {values.shape}, x has "
                f"{len(columns['x1'])} rows"
            )
        columns[LABEL if name == "y" and LABEL not in others else name] = values
    return columns


def _table(path: Path, x: np.ndarray) -> Columns:
    if x.ndim != 2 or not x.size or x.dtype.kind not in "fiu":
        raise UserError(
            f"{path}: numbers [n, d] are needed, got {x.dtype} of shape {x.shape}"
        )
    return _numbered(x)


def _numbered(x: np.ndarray) -> dict[str, Any]:
    return {f"x{i + 1}": column for i, column in enumerate(x.T)}


def _features(where: str, columns: Columns, names: tuple[str, ...]) -> np.ndarray:
    if not names:
        raise UserError(f"{where}: no column of numbers to take for a feature")
    try:
        x = np.stack([numbers(where, name, columns[name]) for name in names], axis=1)
    except UserError as error:
        raise UserError(f"{error}; {_ALLOWED}") from None
    if len(x) < LEAST_ROWS:
        raise UserError(f"{where}: {len(x)} rows, allowed: at least {LEAST_ROWS}")
    return x


def _text(where: str, columns: Columns, name: str) -> tuple[str, ...] | None:
    if not name:
        return None
    values: Sequence[Any] | np.ndarray = columns[name]
    text = tuple("" if value is None else str(value).strip() for value in values)
    for row, value in enumerate(text, start=1):
        if value.lower() in ("", "nan"):
            raise UserError(f"{where}: column {name!r} has no value in row {row}")
    return text
