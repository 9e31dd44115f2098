"""Decide from a stretch of an orbit whether it has settled, and on what period."""

import math

import numpy as np
from jaxtyping import Float


def closing_error(path: Float[np.ndarray, "rows n"], period: int) -> float:
    """Estimate how far the last row is from its limit under steps of one period.

    The distances between rows one period apart are taken to go on falling as they did
    over the second half of the path, by a constant factor a period: the rest of the way
    is a geometric series. A small distance alone would not do, where convergence is
    slow or where an orbit has just begun to leave a saddle.

    Args:
        path: Consecutive states [rows, n].
        period: At most a quarter of the rows.

    Returns:
        The estimate in the maximum norm; inf where distances do not fall.
    """
    last, half = len(path) - 1, (len(path) - 1) // 2
    late = np.abs(path[last] - path[last - period]).max()
    early = np.abs(path[last - half] - path[last - half - period]).max()
    rounding = 8 * np.finfo(np.float64).eps
    if max(late, early) <= rounding:
        return float(late)
    if late >= early:
        return math.inf
    rate = (late / early) ** (period / half)
    return float(late * rate / (1.0 - rate)) if rate < 1.0 else math.inf


def settled_period(
    path: Float[np.ndarray, "rows n"], tolerance: float
) -> tuple[int | None, float]:
    """Find the period on which a path has settled.

    Args:
        path: Consecutive states [rows, n].
        tolerance: Greatest `closing_error`.

    Returns:
        The shortest period whose closing error is within the tolerance, 1 for a fixed
        point, None if there is none up to a quarter of the rows; and the error of that
        period, or the least error of all.
    """
    errors = [closing_error(path, d) for d in range(1, len(path) // 4 + 1)]
    for period, error in enumerate(errors, start=1):
        if error <= tolerance:
            spread = np.abs(path[-period:] - path[-1]).max()
            return (period if spread > 10 * tolerance else 1), error
    return None, min(errors)
