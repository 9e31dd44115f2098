"""Real and synthetic rows on common terms: features in units of their spread."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from jaxtyping import Float, Int

from retrain_sim.dose.advice.tables import Rows
from retrain_sim.errors import UserError

MOST_CLASSES = 20
"""Labels that are whole numbers and no more than these are classes."""

EVERYTHING = "all"


class Side(NamedTuple):
    """The real or the synthetic rows.

    Attributes:
        x: features ``[n, d]``, minus the real mean, in units of the root mean square
            of the real and the synthetic spread.
        targets: what a model predicts ``[n, k]``: classes as one-hot rows, or one
            number in units of the real spread; k = 0 without labels.
        groups: index of every row's group ``[n]``.
    """

    x: Float[np.ndarray, "n d"]
    targets: Float[np.ndarray, "n k"]
    groups: Int[np.ndarray, " n"]


class Pair(NamedTuple):
    """Real and synthetic rows.

    Attributes:
        real: the real rows.
        made: the synthetic ones.
        kind: ``classes``, ``numbers`` or ``none``: of the labels.
        class_names: empty unless ``classes``.
        group_names: ``all`` alone, if there are no groups.
        remarks: what was done to the features.
    """

    real: Side
    made: Side
    kind: str
    class_names: tuple[str, ...]
    group_names: tuple[str, ...]
    remarks: tuple[str, ...]


def pair_up(real: Rows, made: Rows) -> Pair:
    """Check that two files fit together, and bring them on common terms.

    Args:
        real: the real rows.
        made: the synthetic rows.

    Returns:
        Both, in the order of the real file's features. A feature that is constant in
        both files is left out, with a remark.

    Raises:
        UserError: other features, labels or groups in one file only, constant features,
            a label that the real rows do not have.

    Example:
        >>> from retrain_sim.dose.advice.tables import read_rows
        >>> both = pair_up(read_rows({"a": range(10)}), read_rows({"a": range(20)}))
        >>> both.kind, both.group_names, both.made.x.shape
        ('none', ('all',), (20, 1))
    """
    _same_columns(real, made)
    made_x = made.x[:, [made.names.index(name) for name in real.names]]
    x, made_x, remarks = _scaled(real, made.source, made_x)
    names, groups, made_groups = _groups(real, made)
    kind, classes, targets, made_targets = _targets(real, made)
    return Pair(
        Side(x, targets, groups),
        Side(made_x, made_targets, made_groups),
        kind,
        classes,
        names,
        remarks,
    )


def _same_columns(real: Rows, made: Rows) -> None:
    if len(real.names) != len(made.names):
        raise UserError(
            f"{made.source} has {len(made.names)} features, {real.source} has "
            f"{len(real.names)}"
        )
    odd = [name for name in real.names if name not in made.names]
    if odd:
        raise UserError(f"{made.source}: no feature {odd[0]!r}, {real.source} has it")
    for what in ("labels", "groups"):
        given = [rows for rows in (real, made) if getattr(rows, what) is not None]
        if len(given) == 1:
            other = made if given[0] is real else real
            raise UserError(
                f"{other.source}: no {what}, {given[0].source} has them: allowed in "
                "both files or in none"
            )


def _scaled(real: Rows, source: str, made_x: np.ndarray) -> tuple:
    """Shift by the real mean, scale by the spread of both; drop what is constant.

    By both spreads, because a feature that hardly varies in the real rows would else
    drown all others.
    """
    spread, made_spread = np.ptp(real.x, axis=0), np.ptp(made_x, axis=0)
    flat = (spread == 0) & (made_spread == 0)
    for i in np.flatnonzero(flat & (real.x[0] != made_x[0])):
        raise UserError(
            f"feature {real.names[i]!r} is {real.x[0, i]:g} in every row of "
            f"{real.source}, {made_x[0, i]:g} in every row of {source}"
        )
    if flat.all():
        raise UserError(f"{real.source}: every feature is constant: nothing to compare")
    remarks = []
    if flat.any():
        remarks.append(f"Left out, constant in both files: {_listed(real, flat)}.")
    for what, constant in (("real", spread == 0), ("synthetic", made_spread == 0)):
        odd = constant & ~flat
        if odd.any():
            remarks.append(
                f"WARNING: constant in the {what} rows only: {_listed(real, odd)}."
            )
    unit = np.sqrt((real.x.var(axis=0) + made_x.var(axis=0)) / 2)[~flat]
    center = real.x.mean(axis=0)[~flat]
    scaled = ((z[:, ~flat] - center) / unit for z in (real.x, made_x))
    return *scaled, tuple(remarks)


def _listed(real: Rows, chosen: np.ndarray) -> str:
    names = [real.names[i] for i in np.flatnonzero(chosen)]
    more = f" and {len(names) - 8} more" if len(names) > 8 else ""
    return ", ".join(names[:8]) + more


def _groups(real: Rows, made: Rows) -> tuple:
    if real.groups is None or made.groups is None:
        zeros = (np.zeros(len(rows.x), int) for rows in (real, made))
        return (EVERYTHING,), *zeros
    names, index = np.unique(real.groups + made.groups, return_inverse=True)
    n = len(real.groups)
    return tuple(str(name) for name in names), index[:n], index[n:]


def _targets(real: Rows, made: Rows) -> tuple:
    if real.labels is None or made.labels is None:
        empty = (np.zeros((len(rows.x), 0)) for rows in (real, made))
        return "none", (), *empty
    values = _as_numbers(real.labels)
    if values is not None and not _few(values):
        other = _as_numbers(made.labels)
        if other is None:
            raise UserError(f"{made.source}: labels are not numbers, as they are in "
                            f"{real.source}")  # fmt: skip
        center, unit = values.mean(), values.std()
        return "numbers", (), *(((v - center) / unit)[:, None] for v in (values, other))
    classes = tuple(sorted(set(real.labels)))
    if len(classes) < 2:
        raise UserError(f"{real.source}: every label is {classes[0]!r}: a second one "
                        "is needed")  # fmt: skip
    return "classes", classes, *(_one_hot(rows, classes) for rows in (real, made))


def _as_numbers(labels: tuple[str, ...]) -> np.ndarray | None:
    try:
        values = np.array(labels, np.float64)
    except ValueError:
        return None
    return values if np.isfinite(values).all() else None


def _few(values: np.ndarray) -> bool:
    whole = (values == np.round(values)).all()
    return bool(whole) and len(np.unique(values)) <= MOST_CLASSES


def _one_hot(rows: Rows, classes: tuple[str, ...]) -> np.ndarray:
    """Return ``[n, k]``; a row of zeros for a class without real rows, if a group."""
    place = {name: i for i, name in enumerate(classes)}
    hot = np.zeros((len(rows.x), len(classes)))
    for row, label in enumerate(rows.labels or ()):
        if label in place:
            hot[row, place[label]] = 1.0
        elif rows.groups is None or rows.groups[row] != label:
            raise UserError(
                f"{rows.source}: label {label!r} in row {row + 1} is in no real row"
            )
    return hot
