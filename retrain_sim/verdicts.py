"""Verdicts: simulation against prediction, and claims about shapes.

PASS: the gap is within 4 standard errors. CLOSE: it is not, but within the declared
tolerance. FAIL: neither. NOT APPLICABLE: an assumption of the prediction fails, or a
single seed leaves no standard error. All seeds share p_0: errors are conditional on it.
Four standard errors of two to four seeds are a loose bound: use more where it matters.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from jaxtyping import Float

from retrain_sim.predictions.base import Assumption, broken
from retrain_sim.sections import Claim

PASS, CLOSE, FAIL, NOT_APPLICABLE = "PASS", "CLOSE", "FAIL", "NOT APPLICABLE"
STANDARD_ERRORS = 4.0
RESOLUTION = 1e-6
"""Differences below this are float32 rounding, whatever the standard error says."""


ONE_SEED = "one seed has no standard error: use more"


class Verdict(NamedTuple):
    """A judgment, with the numbers and the reason behind it."""

    subject: str
    verdict: str
    gap: float
    se: float
    reason: str


def standard_error(values: Float[np.ndarray, " s"]) -> float:
    """Return the standard error of the mean over seeds; NaN for a single seed.

    Example:
        >>> standard_error(np.array([1.0, 3.0]))
        1.0
    """
    if len(values) < 2:
        return math.nan
    return float(np.std(values, ddof=1) / math.sqrt(len(values)))


def judge_prediction(
    arm: str,
    values: Float[np.ndarray, " s"],
    predicted: float,
    predicted_se: float,
    tolerance: float,
    audit: Sequence[Assumption],
) -> Verdict:
    """Compare the seeds' last values with the prediction.

    Args:
        arm: whose values these are.
        values: one per seed.
        predicted: what theory expects.
        predicted_se: standard error of the prediction itself (0 when exact).
        tolerance: greatest gap that is CLOSE.
        audit: the prediction's assumptions.

    Returns:
        The verdict.

    Example:
        >>> values = np.array([0.4, 0.6, 0.5])
        >>> judge_prediction("a", values, 0.55, 0.0, 0.01, []).verdict
        'PASS'
        >>> judge_prediction("a", values, 2.0, 0.0, 0.01, []).verdict
        'FAIL'
    """
    gap = float(np.mean(values)) - predicted
    se = math.hypot(standard_error(values), predicted_se)
    fails = broken(audit)
    if fails:
        reason = f"assumption fails: {fails[0].text} ({fails[0].detail})"
        return Verdict(arm, NOT_APPLICABLE, gap, se, reason)
    if not math.isfinite(predicted):
        return Verdict(arm, NOT_APPLICABLE, gap, se, "nothing is predicted")
    if not math.isfinite(gap):
        return Verdict(arm, FAIL, gap, se, "the simulation is not finite")
    return Verdict(arm, *_compare(gap, se, tolerance))


def _compare(gap: float, se: float, tolerance: float) -> tuple[str, float, float, str]:
    if abs(gap) <= RESOLUTION or abs(gap) <= STANDARD_ERRORS * se:
        return PASS, gap, se, f"|gap| <= {STANDARD_ERRORS:g} standard errors"
    if abs(gap) <= tolerance:
        return CLOSE, gap, se, f"|gap| <= the tolerance {tolerance:g}"
    if math.isnan(se):
        return NOT_APPLICABLE, gap, se, ONE_SEED
    return FAIL, gap, se, f"|gap| > the tolerance {tolerance:g}"


def judge_claim(claim: Claim, values: dict[str, Float[np.ndarray, "s t"]]) -> Verdict:
    """Judge a claim about shapes: every step must exceed 4 standard errors.

    Seeds are paired: arms share their random numbers seed by seed.

    Args:
        claim: what is claimed.
        values: arm -> the claim's metric by seed and round.

    Returns:
        PASS, FAIL, or NOT APPLICABLE with one seed; the gap is the least step.

    Example:
        >>> falling = {"a": np.array([[1.0, 0.2], [1.0, 0.3]])}
        >>> judge_claim(Claim("falls", ("a",)), falling).verdict
        'PASS'
        >>> judge_claim(Claim("rises", ("a",)), falling).verdict
        'FAIL'
    """
    sign = -1 if claim.kind == "falls" else 1
    if claim.kind == "ordered":
        last = [values[arm][:, -1] for arm in claim.arms]
        steps = [b - a for a, b in itertools.pairwise(last)]
        subject = f"{claim.metric}: {' < '.join(claim.arms)}"
    else:
        steps = [sign * (values[a][:, -1] - values[a][:, 0]) for a in claim.arms]
        subject = f"{claim.metric} {claim.kind}: {', '.join(claim.arms)}"
    judged = [(float(np.mean(step)), standard_error(step)) for step in steps]
    gap, se = min(judged, key=_margin)
    if not math.isfinite(gap):
        return Verdict(subject, FAIL, gap, se, "the simulation is not finite")
    if math.isnan(se):
        return Verdict(subject, NOT_APPLICABLE, gap, se, ONE_SEED)
    holds = gap > max(STANDARD_ERRORS * se, RESOLUTION)
    reason = f"least step {gap:.3g}, {STANDARD_ERRORS:g} standard errors {4 * se:.3g}"
    return Verdict(subject, PASS if holds else FAIL, gap, se, reason)


def _margin(step: tuple[float, float]) -> float:
    """Order steps from the weakest; one that is not finite is the weakest of all."""
    gap, se = step
    if math.isnan(gap):
        return -math.inf
    return gap - STANDARD_ERRORS * (0 if math.isnan(se) else se)
