"""Judge a run: every prediction and claim, from its history and nothing else."""

from __future__ import annotations

import math
from collections.abc import Mapping

import xarray as xr

from retrain_sim.predictions.base import Assumption
from retrain_sim.spec import Spec
from retrain_sim.verdicts import Verdict, judge_claim, judge_prediction

Audits = Mapping[str, tuple[Assumption, ...]]


def judge_arms(
    history: xr.Dataset, prediction: xr.Dataset, audits: Audits, spec: Spec
) -> dict[str, Verdict]:
    """Judge the headline metric of every arm."""
    metric = spec.headline.metric
    return {
        arm: judge_metric(history, prediction, audits, spec, metric, arm)
        for arm in audits
    }


def judge_metric(
    history: xr.Dataset,
    prediction: xr.Dataset,
    audits: Audits,
    spec: Spec,
    metric: str,
    arm: str,
) -> Verdict:
    """Judge the last round of one metric in one arm.

    The declared tolerance is that of the headline; other metrics have none.
    """
    values = history[metric].sel(arm=arm).values[:, -1]
    expected = _last(prediction, metric, arm, math.nan)
    error = _last(prediction, f"se/{metric}", arm, 0.0)
    tolerance = spec.headline.tolerance if metric == spec.headline.metric else 0.0
    return judge_prediction(arm, values, expected, error, tolerance, audits[arm])


def judge_claims(history: xr.Dataset, spec: Spec) -> list[Verdict]:
    """Judge every claim about shapes."""
    return [
        judge_claim(
            claim,
            {arm: history[claim.metric].sel(arm=arm).values for arm in claim.arms},
        )
        for claim in spec.claims
    ]


def _last(table: xr.Dataset, name: str, arm: str, default: float) -> float:
    if name not in table:
        return default
    return float(table[name].sel(arm=arm).values[-1])
