"""Retraining on a mixture of real and own data: does the model stay?"""

from __future__ import annotations

import math
from typing import NamedTuple

from retrain_sim.theory.checks import check_number
from retrain_sim.theory.laws.hypotheses import assuming


class Stability(NamedTuple):
    """Whether retraining returns to a good model, and by which factor per round."""

    stable: bool
    rate: float


@assuming(
    "nothing is curated",
    "the log-likelihood is alpha-concave at the optimum, its Hessian L-Lipschitz",
    "the best model is epsilon-close to the data",
    "infinitely many samples, a start near the optimum",
)
def retraining_stability(
    synthetic_to_real: int | float,
    smoothness: int | float = 0.0,
    distance: int | float = 0.0,
    concavity: int | float = 1.0,
) -> Stability:
    """Tell whether iterative retraining is stable: a sufficient condition.

        lambda (1 + L epsilon / alpha) < 1/2,
        rate = lambda (alpha + epsilon L) / (alpha - lambda (alpha + epsilon L))

    Exponential families do better: see `moment_contraction`.

    Args:
        synthetic_to_real: lambda >= 0, (1 - s) / s at real share s.
        smoothness: L >= 0.
        distance: epsilon >= 0, of the best model to the data (Wasserstein).
        concavity: alpha > 0.

    Returns:
        Whether the condition holds, and the rate (inf or above 1 where it does not).

    Raises:
        ValueError: If an argument is outside these ranges.

    References:
        Q. Bertrand, A. J. Bose, A. Duplessis, M. Jiralerspong, G. Gidel, ICLR 2024,
        arXiv:2310.00429, Theorem 1.

    Example:
        >>> retraining_stability(0.25)
        Stability(stable=True, rate=0.3333333333333333)
    """
    ratio = check_number("synthetic_to_real", synthetic_to_real, 0.0)
    slope = check_number("smoothness", smoothness, 0.0)
    far = check_number("distance", distance, 0.0)
    alpha = check_number("concavity", concavity, math.ulp(0.0))
    strength = ratio * (1.0 + slope * far / alpha)
    rate = strength / (1.0 - strength) if strength < 1.0 else math.inf
    return Stability(strength < 0.5, rate)


@assuming("an exponential family", "nothing is curated", "infinitely many samples")
def moment_contraction(synthetic_to_real: int | float) -> float:
    """Return the factor by which moments approach the real ones, every round.

        lambda / (1 + lambda) = 1 - s

    below 1 for every lambda: the 1/2 of `retraining_stability` is not necessary.

    Args:
        synthetic_to_real: lambda >= 0, (1 - s) / s at real share s.

    Returns:
        The factor, in [0, 1).

    Raises:
        ValueError: If lambda is negative or not finite.

    References:
        Derived here: maximum likelihood matches the moments of the mixture.

    Example:
        >>> moment_contraction(4.0)
        0.8
    """
    ratio = check_number("synthetic_to_real", synthetic_to_real, 0.0)
    return ratio / (1.0 + ratio)
