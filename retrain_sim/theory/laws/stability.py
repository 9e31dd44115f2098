"""Retraining on a mixture of real and own data: does the model stay?"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
from jaxtyping import Float

from retrain_sim.theory.checks import check_number
from retrain_sim.theory.laws.hypotheses import assuming
from retrain_sim.theory.laws.rounds import rounds


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


@assuming("nothing is curated", "every refit is off by at most the same distance")
def retraining_error_bound(
    refit_error: int | float,
    real_share: int | float,
    n_rounds: int,
    start_error: int | float | None = None,
) -> Float[np.ndarray, " rows"]:
    """Bound the distance to the real law, where each refit adds an error of its own.

        e_t <= (1 - s)^t e_0 + delta (1 + (1 - s) + ... + (1 - s)^(t - 1))

    for any distance that is a norm of the difference of two laws (total variation,
    Wasserstein-1 and its sliced form): mixing in a share s of real data leaves 1 - s
    of it. So errors end below delta / s = (1 + lambda) delta, at every lambda, which is
    synthetic to real, (1 - s) / s; without real data they may add up for ever.

    Args:
        refit_error: delta >= 0, of the fitted law to the law of its training data.
        real_share: s in [0, 1].
        n_rounds: T >= 0.
        start_error: e_0 >= 0; by default delta.

    Returns:
        The bounds of e_0 .. e_T [n_rounds + 1].

    Raises:
        ValueError: If an argument is outside these ranges.

    References:
        Derived here, for the loop of Bertrand et al., ICLR 2024, arXiv:2310.00429.

    Example:
        >>> retraining_error_bound(0.1, 0.5, 3).round(4)
        array([0.1   , 0.15  , 0.175 , 0.1875])
        >>> retraining_error_bound(0.1, 0.0, 3).round(4)
        array([0.1, 0.2, 0.3, 0.4])
    """
    delta = check_number("refit_error", refit_error, 0.0)
    share = check_number("real_share", real_share, 0.0, 1.0)
    start = delta if start_error is None else start_error
    start = check_number("start_error", start, 0.0)
    left = (1.0 - share) ** rounds(n_rounds)
    added = (1.0 - left) / share if share > 0 else rounds(n_rounds)
    return left * start + added * delta
