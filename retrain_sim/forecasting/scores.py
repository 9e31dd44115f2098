"""A pool of scored outputs: what a forecast is made from."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
from jaxtyping import Float, Int

from retrain_sim.errors import UserError, nearest
from retrain_sim.forecasting.columns import Columns, numbers, read_columns
from retrain_sim.forecasting.run_atoms import atoms_file, read_atoms

MASS = ("prob", "weight")
GROUP = "group"


class Pool(NamedTuple):
    """Scored outputs.

    Attributes:
        source: where they come from, for messages.
        names: of the rewards.
        rewards: ``[m, n]``.
        probs: shares of the outputs ``[n]``, sum 1.
        groups: of every output, an index into ``group_names`` ``[n]``.
        group_names: empty if there are no groups; ``groups`` is then 0.
        exact: these are all outcomes with their probabilities, not a sample of them.
    """

    source: str
    names: tuple[str, ...]
    rewards: Float[np.ndarray, "m n"]
    probs: Float[np.ndarray, " n"]
    groups: Int[np.ndarray, " n"]
    group_names: tuple[str, ...]
    exact: bool = False


def load_pool(
    scores: str | Path | Columns, rewards: Sequence[str] = (), group: str = ""
) -> Pool:
    """Read a pool and choose its columns.

    Args:
        scores: a file (see ``read_columns``), ``RUN/atoms`` of a finished run, or the
            columns themselves.
        rewards: names of the reward columns; by default every column of numbers but
            ``prob``, ``weight`` and the group.
        group: name of the group column; by default ``group``, if there is one.

    Returns:
        The pool; ``prob`` or ``weight`` are shares or counts, divided by their sum.

    Raises:
        UserError: a column is missing or not what it must be; one line says which.

    Example:
        >>> pool = load_pool({"helpful": [1.0, 0.0], "harmless": [0.0, 3.0]})
        >>> pool.names, pool.probs
        (('helpful', 'harmless'), array([0.5, 0.5]))
    """
    if isinstance(scores, str | Path):
        atoms = atoms_file(Path(scores))
        if atoms:
            columns, exact = read_atoms(atoms)
        else:
            columns, exact = read_columns(Path(scores)), False
        where = str(scores)
    else:
        columns, exact, where = scores, False, "scores"
    _check_lengths(where, columns)
    group = group or (GROUP if GROUP in columns and GROUP not in rewards else "")
    names = tuple(rewards) or _numeric_columns(columns, group)
    for name in (*names, *filter(None, [group])):
        if name not in columns:
            raise UserError(f"{where}: no column {name!r}; {nearest(name, columns)}")
    _check_rewards(where, names, group)
    groups, group_names = _groups(where, columns, group)
    table = [numbers(where, name, columns[name]) for name in names]
    mass = _mass(where, columns, names)
    return Pool(where, names, np.stack(table), mass, groups, group_names, exact)


def _check_lengths(where: str, columns: Columns) -> None:
    lengths = {name: len(values) for name, values in columns.items()}
    first = next(iter(lengths.values()), 0)
    if not first:
        raise UserError(f"{where}: the table has no rows")
    for name, length in lengths.items():
        if length != first:
            raise UserError(
                f"{where}: column {name!r} has {length} rows, the first has {first}"
            )


def _check_rewards(where: str, names: tuple[str, ...], group: str) -> None:
    if not names:
        raise UserError(f"{where}: no column of numbers to take for a reward")
    for i, name in enumerate(names):
        if name in names[:i]:
            raise UserError(f"rewards: {name!r} is named twice")
    if group in names:
        raise UserError(f"rewards: {group!r} is the group column")


def _numeric_columns(columns: Columns, group: str) -> tuple[str, ...]:
    """Choose the columns that begin with a number: a later text is then a fault."""
    chosen = []
    for name, values in columns.items():
        if name in MASS or name == group:
            continue
        try:
            float(values[0])
        except (TypeError, ValueError):
            continue
        chosen.append(name)
    return tuple(chosen)


def _groups(
    where: str, columns: Columns, group: str
) -> tuple[np.ndarray, tuple[str, ...]]:
    if not group:
        return np.zeros(len(next(iter(columns.values()))), int), ()
    labels = ["" if v is None else str(v).strip() for v in columns[group]]
    if "" in labels:
        row = labels.index("") + 1
        raise UserError(f"{where}: column {group!r} has no value in row {row}")
    names, groups = np.unique(labels, return_inverse=True)
    return groups, tuple(str(name) for name in names)


def _mass(
    where: str, columns: Columns, rewards: tuple[str, ...]
) -> Float[np.ndarray, " n"]:
    given = [name for name in MASS if name in columns and name not in rewards]
    if not given:
        n = len(columns[rewards[0]])
        return np.full(n, 1.0 / n)
    if len(given) > 1:
        raise UserError(f"{where}: both 'prob' and 'weight': one of them is allowed")
    mass = numbers(where, given[0], columns[given[0]])
    if (mass < 0).any():
        row = int(np.argmax(mass < 0))
        raise UserError(
            f"{where}: column {given[0]!r} is {mass[row]:g} in row {row + 1}, "
            "allowed >= 0"
        )
    if not mass.any():
        raise UserError(f"{where}: column {given[0]!r} is 0 in every row")
    mass = mass / mass.max()
    return mass / mass.sum()
