"""The U-curve of a model: its best dose with an interval, and whether it helps."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from jaxtyping import Float

from retrain_sim.dose.advice.folds import Losses

RESAMPLES = 400
ENDS = (5, 95)

HELPS, CANNOT, UNRESOLVED = "helps", "does not help", "not resolved"


class Curve(NamedTuple):
    """How the loss on held-out real rows depends on the dose.

    Attributes:
        ratios: synthetic rows per real row ``[r]``, the first is 0.
        loss: mean over rows, at the best penalty of each ratio ``[r]``.
        change: difference to ratio 0, row by row: its standard error ``[r]``.
        ratio: where the loss is least.
        low: of the 90 % interval of ``ratio``, over resampled rows.
        high: of the same.
        gain: loss that the best dose saves, chosen on some rows, measured on others.
        gain_low: of its 90 % interval.
        gain_high: of the same.
        excess: loss that the greatest ratio adds to the best dose, measured likewise,
            with its 90 % interval (value, low, high).
        curvature: second coefficient of the loss in the doublings of the ratio, with
            its 90 % interval (value, low, high); positive for a U; NaN if the ratios
            are too few.
    """

    ratios: Float[np.ndarray, " r"]
    loss: Float[np.ndarray, " r"]
    change: Float[np.ndarray, " r"]
    ratio: float
    low: float
    high: float
    gain: float
    gain_low: float
    gain_high: float
    excess: tuple[float, float, float]
    curvature: tuple[float, float, float]

    @property
    def verdict(self) -> str:
        """Whether synthetic rows help, do not, or cannot be told."""
        if self.ratio == 0 or self.gain_high <= 0:
            return CANNOT
        return HELPS if self.gain_low > 0 else UNRESOLVED

    @property
    def bends(self) -> bool:
        """Whether too much harms, beyond chance: the right arm of a U."""
        return bool(0 < self.ratio < self.ratios[-1] and self.excess[1] > 0)


def judge_curve(losses: Losses, seed: int = 0) -> Curve:
    """Find the best dose, its interval, and what it saves.

    Rows are resampled; the dose (and the penalty) is chosen on the rows drawn, and what
    it saves is measured on those left out: the best of many doses looks good by chance
    on the rows that chose it.

    Args:
        losses: of held-out rows.
        seed: of the resamples.

    Returns:
        The curve.

    References:
        B. Efron, R. Tibshirani, "Improvements on Cross-Validation: The .632+ Bootstrap
        Method", JASA 1997 (rows left out of a resample).

    Example:
        >>> rng = np.random.default_rng(0)
        >>> noise = rng.normal(size=(500, 1, 1))
        >>> values = noise + np.array([1.0, 0.5, 0.8])[None, :, None]
        >>> found = judge_curve(Losses(np.array([0.0, 1.0, 2.0]), values))
        >>> found.ratio, found.verdict
        (1.0, 'helps')
    """
    ratios, values = losses
    n, n_ratios, n_knobs = values.shape
    table = values.reshape(n, -1)
    mean = table.mean(axis=0).reshape(n_ratios, n_knobs)
    best, knobs = int(mean.min(axis=1).argmin()), mean.argmin(axis=1)
    rows = values[:, np.arange(n_ratios), knobs]
    drawn = np.random.default_rng(seed).multinomial(n, np.full(n, 1 / n), RESAMPLES)
    inside = (drawn @ table).reshape(-1, n_ratios, n_knobs) / n
    chosen = inside.min(axis=2).argmin(axis=1)
    gains, excesses = _left_out(values, inside, chosen, drawn == 0).T
    low, high = np.percentile(ratios[chosen], ENDS, method="nearest")
    gain_low, gain_high = np.percentile(gains, ENDS)
    excess_low, excess_high = np.percentile(excesses, ENDS)
    return Curve(
        ratios,
        mean.min(axis=1),
        (rows - rows[:, :1]).std(axis=0, ddof=1) / np.sqrt(n),
        float(ratios[best]),
        float(low),
        float(high),
        float(gains.mean()),
        float(gain_low),
        float(gain_high),
        (float(excesses.mean()), float(excess_low), float(excess_high)),
        _curvature(ratios, mean.min(axis=1), inside.min(axis=2)),
    )


def _left_out(
    values: Float[np.ndarray, "n r p"],
    inside: Float[np.ndarray, "b r p"],
    chosen: np.ndarray,
    left_out: np.ndarray,
) -> Float[np.ndarray, "b 2"]:
    """Measure, on rows left out, what no and the most synthetic rows cost.

    Beside the dose that the other rows chose, resample by resample.
    """
    knobs = inside.argmin(axis=2)
    found = []
    for best, knob, rows in zip(chosen, knobs, left_out, strict=True):
        none, at, most = (values[rows, r, knob[r]].mean() for r in (0, best, -1))
        found.append((none - at, most - at))
    return np.array(found)


def _curvature(
    ratios: np.ndarray, mean: np.ndarray, inside: np.ndarray
) -> tuple[float, float, float]:
    """Fit a parabola in log2 of the ratio, to the means and to every resample."""
    positive = ratios > 0
    if positive.sum() < 4:
        return np.nan, np.nan, np.nan
    doublings = np.log2(ratios[positive])
    design = np.stack([np.ones_like(doublings), doublings, doublings**2], axis=1)
    fit = np.linalg.pinv(design)[2]
    low, high = np.percentile(inside[:, positive] @ fit, ENDS)
    return float(mean[positive] @ fit), float(low), float(high)
