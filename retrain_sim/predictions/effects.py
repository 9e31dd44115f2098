"""Why the diversity fell: selection, slate size, drift or the model."""

from __future__ import annotations

import itertools
import math
from typing import NamedTuple

import numpy as np
import xarray as xr

from retrain_sim.verdicts import RESOLUTION, STANDARD_ERRORS, standard_error

STAGES = {"K = inf": "selection", "finite K": "slate size", "with drift": "drift"}
"""Stage of the prediction -> what it adds to the one before."""


class Effect(NamedTuple):
    """What one cause took of a metric by the last round; negative if it saved some.

    ``se`` is its standard error over seeds: 0 where theory is exact, NaN for one seed.
    ``scale`` is the value at round 0, which sets the rounding.
    """

    cause: str
    loss: float
    se: float
    scale: float = 1.0

    @property
    def resolved(self) -> bool:
        """Whether it is more than rounding and chance."""
        size, rounding = abs(self.loss), RESOLUTION * max(abs(self.scale), 1.0)
        return size > rounding and not size <= STANDARD_ERRORS * self.se


def effects_of(
    history: xr.Dataset, prediction: xr.Dataset, metric: str, arm: str
) -> list[Effect]:
    """Split the fall of a metric from round 0 to the last among its causes.

    The stages are those of ``retrain_sim.predictions``: the map at K = inf, at the
    run's K, then with finitely many samples, then the simulated models. Where the fit
    is ideal the simulation itself is the stage of finite samples.

    Args:
        history: measured, [arm, seed, round].
        prediction: stages of the prediction, [arm, round].
        metric: a name that both have.
        arm: which one.

    Returns:
        In the order of the stages; nothing where a stage is unknown.
    """
    stages = [s for s in STAGES if f"{s}/{metric}" in prediction]
    if metric not in history or stages[:2] != list(STAGES)[:2]:
        return []
    rows = [prediction[f"{s}/{metric}"].sel(arm=arm).values for s in stages]
    values = history[metric].sel(arm=arm).values[:, -1]
    ends = [float(rows[0][0]), *(float(row[-1]) for row in rows), float(values.mean())]
    drifts = [_drift_error(prediction, metric, arm) for _ in stages[2:]]
    errors = [0.0, 0.0, 0.0, *drifts, standard_error(values)]
    if not np.isfinite(ends).all():
        return []
    causes = [*STAGES.values(), "the model"][: len(ends) - 1]
    steps = zip(itertools.pairwise(ends), itertools.pairwise(errors), strict=True)
    return [
        Effect(cause, before - after, math.hypot(*se), ends[0])
        for cause, ((before, after), se) in zip(causes, steps, strict=True)
    ]


def largest_effect(effects: list[Effect]) -> Effect | None:
    """Return the resolved effect of the greatest size, whatever its sign.

    Example:
        >>> drift = Effect("drift", 0.3, 0.1)
        >>> largest_effect([Effect("selection", 0.2, 0.0), drift]).cause
        'selection'
    """
    resolved = [effect for effect in effects if effect.resolved]
    return max(resolved, key=lambda effect: abs(effect.loss), default=None)


def _drift_error(prediction: xr.Dataset, metric: str, arm: str) -> float:
    return float(prediction[f"se/with drift/{metric}"].sel(arm=arm).values[-1])
