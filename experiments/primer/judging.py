"""Judge measures by seed: more, the same, or no different worth naming."""

from __future__ import annotations

import math

import numpy as np
from jaxtyping import Float

from retrain_sim.verdicts import (
    FAIL,
    PASS,
    STANDARD_ERRORS,
    Verdict,
    judge_prediction,
    standard_error,
)

Values = Float[np.ndarray, " s"]


def more(subject: str, high: Values, low: Values, least: float = 0.0) -> Verdict:
    """Judge that one measure exceeds another, seed by seed, by more than ``least``.

    Example:
        >>> more("a > b", np.array([2.0, 2.1]), np.array([1.0, 1.0])).verdict
        'PASS'
        >>> more("a > b", np.array([1.0, 1.1]), np.array([1.0, 1.1])).verdict
        'FAIL'
    """
    step = np.asarray(high) - np.asarray(low)
    gap, se = float(step.mean()), standard_error(step)
    true = math.isfinite(gap) and gap - least > STANDARD_ERRORS * se
    reason = f"{np.mean(high):.3g} against {np.mean(low):.3g}, gap {gap:.2g} ± {se:.1g}"
    return Verdict(subject, PASS if true else FAIL, gap, se, reason)


def alike(subject: str, one: Values, other: Values, within: float) -> Verdict:
    """Judge that two measures differ by less than ``within``, beyond doubt.

    A test of equivalence: |gap| plus 4 standard errors is below ``within``.

    Example:
        >>> alike("a, b", np.array([1.0, 1.1]), np.array([1.0, 1.1]), 0.1).verdict
        'PASS'
        >>> alike("a, b", np.array([1.0, 9.0]), np.array([9.0, 1.0]), 0.1).verdict
        'FAIL'
    """
    step = np.asarray(one) - np.asarray(other)
    gap, se = float(step.mean()), standard_error(step)
    true = abs(gap) + STANDARD_ERRORS * se < within
    reason = f"gap {gap:.2g} ± {se:.1g}, within {within:g}"
    return Verdict(subject, PASS if true else FAIL, gap, se, reason)


def agrees(subject: str, values: Values, law: float) -> Verdict:
    """Judge that a measure is what a law says, within 4 standard errors.

    Example:
        >>> agrees("a", np.array([0.9, 1.1]), 1.0).verdict
        'PASS'
    """
    found = judge_prediction(subject, values, law, 0.0, 0.0, [])
    reason = f"{np.mean(values):.4g} ± {found.se:.1g}, law {law:.4g}"
    return found._replace(reason=reason)


def deviation(values: Values, reference: float, digits: int = 3) -> float:
    """Return how many standard errors a printed reference is off; rounding is free.

    Args:
        values: by seed.
        reference: a mean, printed with ``digits`` decimals; its own error is unknown.
        digits: decimals.

    Returns:
        The deviation of what rounding leaves, in standard errors of the mean.

    Example:
        >>> deviation(np.array([0.9, 1.1]), 1.2, digits=1)
        -1.5
    """
    gap = float(np.mean(values)) - reference
    beyond = math.copysign(max(abs(gap) - 0.5 * 10.0**-digits, 0.0), gap)
    return round(beyond / standard_error(values), 6)
