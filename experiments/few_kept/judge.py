"""What should hold where few samples are kept, and where many are."""

from __future__ import annotations

import numpy as np
from jaxtyping import Float

from experiments.common import holds
from experiments.compare import values_of
from retrain_sim.result import Result
from retrain_sim.verdicts import STANDARD_ERRORS, Verdict, standard_error

COPIED, SPREAD = "memorization/nearest_kept", "collapse/within_group_spread"
FEW, MANY = ("one, 75 kept", "two, 75 kept"), "two, 750 kept"
BY_HEART = 0.5
"""Samples nearer than half the usual distance to a kept one are taken for copies."""


def judge(result: Result) -> list[Verdict]:
    """Judge a run of all arms."""
    copied = {arm: values_of(result, COPIED, arm) for arm in result.arms}
    spread = {arm: values_of(result, SPREAD, arm) for arm in result.arms}
    return [
        *(fresh(told(result, arm), values) for arm, values in copied.items()),
        nearer(copied[FEW[1]], copied[MANY]),
        poorer(spread[FEW[1]], spread[MANY]),
    ]


def judge_longer(longer: Result) -> list[Verdict]:
    """Judge a run that is trained longer in its only round."""
    few, many = (values_of(longer, COPIED, arm) for arm in (FEW[1], MANY))
    return [
        by_heart(told(longer, FEW[1]), few),
        fresh(f"control: {told(longer, MANY)}", many),
    ]


def told(result: Result, arm: str) -> str:
    """Name an arm with the length of its retraining."""
    return f"{arm}, {result.spec.values['model']['steps']} steps a round"


def by_heart(arm: str, values: Float[np.ndarray, "s t"]) -> Verdict:
    """Ask whether later models copy: below half the distance, by 4 standard errors."""
    late, error = _late(values)
    subject = f"{arm}: drawn samples are near-copies of kept ones"
    return holds(subject, late + error < BY_HEART, f"{late:.2f} ± {error:.2f}", late)


def nearer(few: Float[np.ndarray, "s t"], many: Float[np.ndarray, "s t"]) -> Verdict:
    """Ask whether fewer kept samples are copied more exactly."""
    gap, error = _late(many - few)
    subject = f"copies are nearer: {FEW[1]} < {MANY}"
    return holds(subject, gap > error, f"by {gap:.2f} ± {error:.2f}", gap)


def poorer(few: Float[np.ndarray, "s t"], many: Float[np.ndarray, "s t"]) -> Verdict:
    """Ask whether fewer kept samples leave less variance inside the classes."""
    gap = many[:, -1] - few[:, -1]
    error = STANDARD_ERRORS * standard_error(gap)
    shown = f"by {gap.mean():.2f} ± {error:.2f} in the last round"
    subject = f"less is left inside classes: {FEW[1]} < {MANY}"
    return holds(subject, gap.mean() > error, shown, float(gap.mean()))


def fresh(arm: str, values: Float[np.ndarray, "s t"]) -> Verdict:
    """Ask whether later models do not copy."""
    late, error = _late(values)
    subject = f"{arm}: drawn samples are no copies"
    return holds(subject, late - error > BY_HEART, f"{late:.2f} ± {error:.2f}", late)


def _late(values: Float[np.ndarray, "s t"]) -> tuple[float, float]:
    """Return the mean of the second half, and 4 standard errors over seeds."""
    late = values[:, values.shape[1] // 2 :].mean(axis=1)
    return float(late.mean()), STANDARD_ERRORS * standard_error(late)
