"""Verdicts at every point of a sweep: simulation against prediction."""

from __future__ import annotations

import math
from collections import Counter

import numpy as np
import xarray as xr

from retrain_sim.predictions.base import Assumption
from retrain_sim.sections import Headline
from retrain_sim.sweeping.naming import PREDICTED, PREDICTED_SE
from retrain_sim.verdicts import Verdict, judge_prediction

NOT_DONE = "NOT DONE"
"""Instead of a verdict where runs are still missing."""


def with_verdicts(found: xr.Dataset, headline: Headline) -> xr.Dataset:
    """Judge the headline metric, in the last round, at every point and arm.

    Args:
        found: results of a sweep.
        headline: the metric, and the gap that still counts as close.

    Returns:
        The results with ``verdict``, ``gap`` (mean over seeds minus prediction) and
        ``gap_se`` [<swept>, ..., arm]; unchanged where the metric is not there.
    """
    metric = headline.metric
    if metric not in found or "round" not in found[metric].dims:
        return found
    values = found[metric].isel(round=-1).transpose(..., "arm", "seed")
    done = found["run/finite"].isel(round=-1).transpose(*values.dims).notnull().values
    shape = values.shape[:-1]
    expected = _last(found, PREDICTED + metric, shape, math.nan)
    error = _last(found, PREDICTED_SE + metric, shape, 0.0)
    broken = found["broken"].values if "broken" in found else np.full(shape, "")
    judged = [
        _judge(values.values[at], bool(done[at].all()), float(expected[at]),
               float(error[at]), str(broken[at]), headline.tolerance)
        for at in np.ndindex(shape)
    ]  # fmt: skip
    dims = values.dims[:-1]

    def column(numbers: list) -> tuple:
        return dims, np.array(numbers).reshape(shape)

    return found.assign(
        verdict=column([v.verdict for v in judged]),
        gap=column([v.gap for v in judged]),
        gap_se=column([v.se for v in judged]),
    )


def _judge(
    values: np.ndarray,
    done: bool,
    expected: float,
    error: float,
    broken: str,
    tolerance: float,
) -> Verdict:
    if not done:
        return Verdict("", NOT_DONE, math.nan, math.nan, "")
    audit = [Assumption(broken, False)] if broken else []
    error = 0.0 if math.isnan(error) else error
    values = values.astype(np.float64)
    return judge_prediction("", values, expected, error, tolerance, audit)


def count_verdicts(found: xr.Dataset) -> dict[str, int]:
    """Count the verdicts of all points and arms."""
    return dict(Counter(map(str, found["verdict"].values.ravel())))


def _last(
    found: xr.Dataset, name: str, shape: tuple[int, ...], default: float
) -> np.ndarray:
    if name not in found:
        return np.full(shape, default)
    return found[name].isel(round=-1).values.reshape(shape)
