"""The published bound on kernel ridge regression towards a generator, and its cost."""

from __future__ import annotations

import numpy as np
from jaxtyping import Float
from numpy.typing import ArrayLike

from retrain_sim.dose.laws.mean import TINY
from retrain_sim.dose.laws.power_law import (
    PowerLaw,
    best_strength,
    power_law_risk,
)
from retrain_sim.theory.checks import check_number, check_range
from retrain_sim.theory.laws.hypotheses import assuming


@assuming("the eigenvalues of the kernel decay as j^(-2r)", "constants set to 1")
def published_bound(
    distance: int | float,
    noise: int | float,
    n_real: int | float,
    decay: int | float,
    strengths: ArrayLike,
) -> Float[np.ndarray, " l"]:
    """Return the bound on the risk, with its unknown constants set to 1.

        (D + sigma^2) / (N lambda^2) + lambda^(2 - 1/(4r)) D

    U-shaped in lambda, and for its shape only: see `bound_regret`.

    Args:
        distance: D >= 0 of f* and g: D^2 = sum (theta_j - omega_j)^2 / mu_j^2.
        noise: sigma >= 0.
        n_real: N > 0.
        decay: r > 1/2.
        strengths: lambda > 0 ``[l]``.

    Returns:
        ``[l]``.

    Raises:
        ValueError: If an argument is outside these ranges.

    References:
        Shidani et al., "Beyond Real Data", AISTATS 2026, arXiv 2510.08095, Theorem
        2.2, as secondary sources give it. The power of the eigenvalues is a guess.

    Example:
        >>> published_bound(1.0, 1.0, 100, 1.0, [0.1, 0.3, 1.0]).round(3)
        array([2.018, 0.344, 1.02 ])
    """
    d = check_number("distance", distance, 0.0)
    spread = (d + check_number("noise", noise, 0.0) ** 2) / check_number(
        "n_real", n_real, TINY
    )
    lam = check_range("strengths", strengths, TINY)
    return spread / lam**2 + lam ** _power(decay) * d


def _power(decay: int | float) -> float:
    return 2 - 1 / (4 * check_number("decay", decay, np.nextafter(0.5, 1.0)))


@assuming("the eigenvalues of the kernel decay as j^(-2r)", "constants set to 1")
def bound_minimizer(
    distance: int | float, noise: int | float, n_real: int | float, decay: int | float
) -> float:
    """Return the lambda at which `published_bound` is least.

        lambda_b = [2 (D + sigma^2) / ((2 - 1/(4r)) N D)]^(1/(4 - 1/(4r)))

    Args:
        distance: D >= 0.
        noise: sigma >= 0.
        n_real: N > 0.
        decay: r > 1/2.

    Returns:
        lambda_b; inf at D = 0: a perfect generator deserves all the weight.

    Raises:
        ValueError: If an argument is outside these ranges.

    References:
        Derived here, from the bound of Shidani et al., arXiv 2510.08095.

    Example:
        >>> round(bound_minimizer(1.0, 1.0, 100, 1.0), 4)
        0.3651
    """
    d = check_number("distance", distance, 0.0)
    n = check_number("n_real", n_real, TINY)
    power = _power(decay)
    if d == 0:
        return float("inf")
    ratio = 2 * (d + check_number("noise", noise, 0.0) ** 2) / (power * n * d)
    return ratio ** (1 / (power + 2))


def generator_distance(task: PowerLaw) -> float:
    """Return D(f*, g), the distance of the bound: D^2 = c^2 sum_j mu_j^(2s - 1).

    Args:
        task: the powers.

    Returns:
        D; inf where the sum diverges, at s <= 1/2 + 1/(4r).

    Raises:
        ValueError: If the task is out of range.

    Example:
        >>> round(generator_distance(PowerLaw(decay=2.0, smoothness=0.8)), 4)
        1.1762
        >>> generator_distance(PowerLaw(decay=1.0, smoothness=0.5))
        inf
    """
    task.check()
    from scipy.special import zeta

    exponent = 2 * task.decay * (2 * task.smoothness - 1)
    if exponent <= 1:
        return float("inf")
    return task.size * float(np.sqrt(zeta(exponent)))


def bound_regret(task: PowerLaw, n_real: int | float) -> float:
    """Return how many times the best risk one pays for minimizing the bound instead.

    Args:
        task: the powers, with a finite distance.
        n_real: N > 0.

    Returns:
        R(lambda_b) / R(lambda*) >= 1, both exact.

    Raises:
        ValueError: If an argument is out of range.

    References:
        Derived here.

    Example:
        >>> bound_regret(PowerLaw(0.5, 2.0, 0.8), 1000) > 10
        True
    """
    chosen = bound_minimizer(generator_distance(task), task.noise, n_real, task.decay)
    best = best_strength(task, n_real)
    risks = power_law_risk(task, n_real, [chosen, best])
    return float(risks[0] / risks[1])
