"""Accuracy of an ideal learner that may follow an artefact of its training data."""

from __future__ import annotations

import math
from typing import NamedTuple

from scipy.stats import norm

from retrain_sim.theory.checks import check_number
from retrain_sim.theory.laws.hypotheses import assuming


class ShortcutAccuracy(NamedTuple):
    """Accuracies in [0, 1]: where the artefact is as in training, a coin, or wrong."""

    benchmark: float
    real: float
    flipped: float


@assuming(
    "two equally likely classes", "Gaussian causes", "a binary artefact", "no finite n"
)
def shortcut_accuracy(separation: float, reliance: float) -> ShortcutAccuracy:
    """Predict what logistic regression learns from endless data with an artefact.

    The causes have log odds N(+-2 s^2, 4 s^2), so that they alone give accuracy Phi(s).
    The artefact, independent of them given the class, equals it with probability
    (1 + rho)/2, which adds w = log((1 + rho)/(1 - rho)) to the log odds:

        right = Phi(s + w/(2s)) where it agrees,  wrong = Phi(s - w/(2s)) where not

    Args:
        separation: s > 0, half the Mahalanobis distance of the classes.
        reliance: rho in [0, 1), the share of the training data where the artefact is
            the label; elsewhere it is a coin.

    Returns:
        The accuracy on data like the training data, (1 + rho)/2 right + (1 - rho)/2
        wrong; on data where the artefact is a coin; and where it is always wrong.

    Raises:
        ValueError: If an argument is outside these ranges.

    References:
        Derived here: Bayes' rule, which is linear in causes and artefact.

    Example:
        >>> [round(a, 3) for a in shortcut_accuracy(1.0, 0.95)]
        [0.978, 0.6, 0.203]
    """
    s = check_number("separation", separation, 0.0)
    rho = check_number("reliance", reliance, 0.0, 1.0)
    if s == 0 or rho == 1:
        raise ValueError("separation must be above 0, reliance below 1")
    push = math.log((1 + rho) / (1 - rho)) / (2 * s)
    right, wrong = float(norm.cdf(s + push)), float(norm.cdf(s - push))
    benchmark = (1 + rho) / 2 * right + (1 - rho) / 2 * wrong
    return ShortcutAccuracy(benchmark, (right + wrong) / 2, wrong)
