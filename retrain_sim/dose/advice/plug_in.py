"""The dose that the law of mixed means advises, from an estimated distance."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
from jaxtyping import Bool, Float

from retrain_sim.dose.advice.pair import Pair, Side
from retrain_sim.dose.distances import KINDS, Resolved, resolve
from retrain_sim.dose.distances.resolution import LEAST, NORMAL_90
from retrain_sim.dose.laws import (
    MeanTask,
    best_mean_ratio,
    pool_tasks,
    u_shape_threshold,
)


class PlugIn(NamedTuple):
    """What the law advises.

    Attributes:
        task: the law's task, at the debiased distance.
        error: standard error of its squared gap.
        ratio: best number of synthetic rows per real row, >= 0 or inf.
        low: its lower end, at the far end of the distance's 90 % interval.
        high: its upper end.
        floor: root mean square distance of two real halves, in the units of the gap.
        raw: the distance before its bias is taken off.
    """

    task: MeanTask
    error: float
    ratio: float
    low: float
    high: float
    floor: float
    raw: float

    @property
    def threshold(self) -> float:
        """Distance above which too much synthetic data harms, says the law."""
        return u_shape_threshold(self.task)

    @property
    def gap_interval(self) -> tuple[float, float]:
        """The 90 % interval of the distance."""
        low, high = _ends(self.task.gap**2, self.error)
        return math.sqrt(low), math.sqrt(high)

    @property
    def resolvable(self) -> bool:
        """Whether the distance can be told from zero."""
        return self.gap_interval[0] > 0


def plug_in(pair: Pair, group: int, kind: str, seed: int = 0) -> PlugIn | None:
    """Estimate how far a group's synthetic rows are off, and ask the law.

    With classes, distances are within classes, and all classes get one ratio. Labels
    that are numbers are one more feature.

    Args:
        pair: real and synthetic rows.
        group: index of the group.
        kind: of the distance, a name in ``KINDS``.
        seed: of the halves that give the interval.

    Returns:
        The advice; None if no class has enough rows of both sorts.
    """
    cells = [
        (x, y)
        for real, made in _cells(pair, group)
        if min(len(x := _joint(pair.real, real)), len(y := _joint(pair.made, made)))
        >= LEAST
    ]
    if not cells:
        return None
    shares = np.array([len(x) for x, _ in cells], np.float64)
    shares /= shares.sum()
    found = [resolve(x, y, kind, seed=seed) for x, y in cells]
    return _advise(cells, found, shares)


def _cells(
    pair: Pair, group: int
) -> list[tuple[Bool[np.ndarray, " n"], Bool[np.ndarray, " m"]]]:
    """Mark the rows of a group, class by class."""
    real, made = (side.groups == group for side in (pair.real, pair.made))
    if pair.kind != "classes":
        return [(real, made)]
    hot = zip(pair.real.targets.T > 0, pair.made.targets.T > 0, strict=True)
    return [(real & a, made & b) for a, b in hot]


def _joint(side: Side, chosen: np.ndarray) -> Float[np.ndarray, "n d"]:
    """Take rows; a label that is a number is a feature."""
    if side.targets.shape[1] == 1:
        return np.concatenate([side.x, side.targets], axis=1)[chosen]
    return side.x[chosen]


def _advise(
    cells: list[tuple[np.ndarray, np.ndarray]],
    found: list[Resolved],
    shares: Float[np.ndarray, " c"],
) -> PlugIn:
    dim, kind = cells[0][0].shape[1], KINDS[found[0].kind]
    gap2 = float(shares @ [kind.gap2(r.gap2, dim) for r in found])
    errors = shares * [kind.gap2(r.error, dim) for r in found]
    error = float(np.sqrt((errors**2).sum()))
    tasks = [_task(x, y) for x, y in cells]
    task = pool_tasks(tasks, shares)
    at = [
        task._replace(gap=math.sqrt(max(g, 0.0))) for g in (gap2, *_ends(gap2, error))
    ]
    ratio, high, low = (best_mean_ratio(t) for t in at)
    floor, raw = (
        math.sqrt(float(shares @ [kind.gap2(v**2, dim) for v in values]))
        for values in ([r.floor for r in found], [r.distance for r in found])
    )
    return PlugIn(at[0], error, ratio, low, high, floor, raw)


def _ends(gap2: float, error: float) -> tuple[float, float]:
    """Return the ends of the 90 % interval of a squared gap, at least zero."""
    low, high = (max(gap2 + s * NORMAL_90 * error, 0.0) for s in (-1, 1))
    return low, high


def _task(x: np.ndarray, y: np.ndarray) -> MeanTask:
    """Describe a cell without its gap: variances of means of N rows of each sort."""
    real, made = (float(z.var(axis=0, ddof=1).sum()) / len(x) for z in (x, y))
    return MeanTask(real, made, 0.0)
