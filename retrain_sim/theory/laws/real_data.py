"""Curation beside real data: how far the model can stray, and where it ends."""

import math

import numpy as np
from jaxtyping import Float
from numpy.typing import ArrayLike

from retrain_sim.theory.checks import (
    check_number,
    check_probs,
    check_slate_size,
    check_temperature,
    check_voters,
)
from retrain_sim.theory.laws.hypotheses import assuming

LEAST_SHARE = np.nextafter(0.0, 1.0)


@assuming("the loop starts at the real data", "an ideal fit to infinitely many samples")
def real_data_divergence_bound(
    slate_size: int | float, real_share: int | float
) -> float:
    """Bound how far curation takes a model from the real data, at every round.

        KL(p_t || p_real) <= -log(1 - lambda (K - 1)),    lambda = (1 - s) / s

    for a start at the real data, p_0 = p_real, any rewards and any voters. Nothing is
    known where lambda (K - 1) >= 1.

    Args:
        slate_size: K, an integer >= 1, or math.inf.
        real_share: s, in (0, 1].

    Returns:
        The bound in nats; inf where nothing is known.

    Raises:
        ValueError: If an argument is outside these ranges.

    References:
        Derived here, for the setting of D. Ferbach, Q. Bertrand, A. J. Bose, G. Gidel,
        NeurIPS 2024, arXiv:2407.09499, whose lambda, synthetic to real, this is.

    Example:
        >>> round(real_data_divergence_bound(2, 0.75), 4)
        0.4055
    """
    slate_size = check_slate_size(slate_size)
    s = check_number("real_share", real_share, LEAST_SHARE, 1.0)
    if s == 1.0:
        return 0.0
    strayed = (1.0 - s) / s * (slate_size - 1.0)
    return -math.log1p(-strayed) if strayed < 1.0 else math.inf


@assuming("one reward", "infinite slates", "an ideal fit to infinitely many samples")
def real_data_fixed_point(
    real_probs: ArrayLike,
    rewards: ArrayLike,
    real_share: int | float,
    temperature: int | float = 1.0,
) -> Float[np.ndarray, " n"]:
    """Solve for where one reward and infinite slates end beside real data.

        p*(x) = s p_real(x) Z / (Z - (1 - s) u(x)),    u = exp(r / temperature)

    with Z > (1 - s) max u the mean utility that makes the sum 1; smaller roots are no
    distributions. Rounds that start at the real data end here.

    Args:
        real_probs: p_real [n], >= 0, sum 1.
        rewards: Of the one voter [n], finite.
        real_share: s, in (0, 1].
        temperature: > 0, or math.inf for no curation.

    Returns:
        p* [n].

    Raises:
        ValueError: If an argument is outside these ranges.

    References:
        Derived here, for the setting of Ferbach et al., NeurIPS 2024, arXiv:2407.09499.

    Example:
        >>> real_data_fixed_point([0.5, 0.5], [50.0, 0.0], real_share=0.2).round(4)
        array([0.9, 0.1])
    """
    real = check_probs("real_probs", real_probs)
    s = check_number("real_share", real_share, LEAST_SHARE, 1.0)
    r = check_voters(np.atleast_2d(rewards), [1.0], real.size)[0][0]
    with np.errstate(over="ignore"):
        z = np.minimum((r - r[real > 0].max()) / check_temperature(temperature), 0.0)
    short = -(1.0 - s) * np.expm1(z)  # (1 - s) (max u - u), exact near the best

    def shares(excess: float) -> Float[np.ndarray, " n"]:
        """Return p* where Z exceeds (1 - s) max u by this much."""
        return s * real * (excess + 1.0 - s) / (excess + short)

    if s == 1.0:
        return real
    from scipy.optimize import brentq  # a tenth of a second to import

    least = s * (1.0 - s) * real[z == 0].sum()
    solved = shares(brentq(lambda e: shares(e).sum() - 1.0, least, s, xtol=1e-300))
    return solved / solved.sum()
