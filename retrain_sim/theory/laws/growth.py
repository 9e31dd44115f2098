"""How fast one reward's utility grows, at any slate size."""

from __future__ import annotations

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
from retrain_sim.theory.laws.rounds import rounds


@assuming("one reward", "an ideal fit to infinitely many samples", "no real data")
def utility_growth_bound(
    probs: ArrayLike,
    rewards: ArrayLike,
    slate_size: int | float,
    temperature: int | float = 1.0,
) -> float:
    """Bound the mean utility after one curated round from below.

        E_{t+1}[u] >= E_t[u] + ((K - 1) / K) Var_t[u] / max u

    with u = exp(r / temperature), in units of the best utility with mass, max u = 1.

    Args:
        probs: p_t [n], >= 0, sum 1.
        rewards: Of the one voter [n], finite.
        slate_size: K, an integer >= 1, or math.inf.
        temperature: > 0, or math.inf for no curation.

    Returns:
        The bound, in (0, 1].

    Raises:
        ValueError: If an argument is outside these ranges.

    References:
        D. Ferbach, Q. Bertrand, A. J. Bose, G. Gidel, NeurIPS 2024, arXiv:2407.09499,
        Lemma 2.2.

    Example:
        >>> round(utility_growth_bound([0.5, 0.5], [50.0, 0.0], 2), 4)
        0.625
    """
    probs = check_probs("probs", probs)
    u = _utility(probs, rewards, temperature)
    return float(probs @ u + _selected(slate_size) * _variance(probs, u))


@assuming(
    "one reward",
    "an ideal fit to infinitely many samples",
    "the loop starts at the real data",
)
def real_data_utility_bound(
    real_probs: ArrayLike,
    rewards: ArrayLike,
    slate_size: int | float,
    real_share: int | float,
    temperature: int | float = 1.0,
) -> float:
    """Bound the mean utility beside real data from below, in all rounds t >= 1.

        E_t[u] >= E_real[u] + (1 - s) ((K - 1) / K) Var_real[u] / max u

    in units of the best utility with mass, max u = 1.

    Args:
        real_probs: p_0 = p_real [n], >= 0, sum 1.
        rewards: Of the one voter [n], finite.
        slate_size: K, an integer >= 1, or math.inf.
        real_share: s, in [0, 1].
        temperature: > 0, or math.inf for no curation.

    Returns:
        The bound, in (0, 1].

    Raises:
        ValueError: If an argument is outside these ranges.

    References:
        Derived here, sharper than Theorem 2.2 of Ferbach et al., NeurIPS 2024,
        arXiv:2407.09499, as it is quoted.

    Example:
        >>> round(real_data_utility_bound([0.5, 0.5], [50.0, 0.0], 2, 0.5), 4)
        0.5625
    """
    probs = check_probs("real_probs", real_probs)
    s = check_number("real_share", real_share, 0.0, 1.0)
    u = _utility(probs, rewards, temperature)
    gained = (1.0 - s) * _selected(slate_size) * _variance(probs, u)
    return float(probs @ u + gained)


@assuming("one Gaussian", "one quadratic reward", "infinite slates", "no real data")
def gaussian_selection(
    mean: int | float,
    variance: int | float,
    center: int | float,
    n_rounds: int,
    temperature: int | float = 1.0,
) -> tuple[Float[np.ndarray, " rows"], Float[np.ndarray, " rows"]]:
    """Follow a Gaussian under the reward -(x - center)^2 at K = inf, per coordinate.

        1 / var_t = 1 / var_0 + 2 t / tau,
        mean_t = var_t (mean_0 / var_0 + 2 t center / tau)

    Args:
        mean: mean_0.
        variance: var_0, > 0.
        center: The best outcome.
        n_rounds: T >= 0.
        temperature: tau > 0.

    Returns:
        mean_t and var_t of rounds 0..T, each [n_rounds + 1].

    Raises:
        ValueError: If an argument is outside these ranges.

    References:
        p_t is proportional to p_0 exp(t r / tau), as in Ferbach et al., NeurIPS 2024,
        arXiv:2407.09499.

    Example:
        >>> means, variances = gaussian_selection(0.0, 1.0, 3.0, 1)
        >>> means.round(4), variances.round(4)
        (array([0., 2.]), array([1.    , 0.3333]))
    """
    mean = check_number("mean", mean, -math.inf)
    variance = check_number("variance", variance, np.nextafter(0.0, 1.0))
    center = check_number("center", center, -math.inf)
    pull = 2.0 * rounds(n_rounds) / check_temperature(temperature)
    variances = 1.0 / (1.0 / variance + pull)
    return variances * (mean / variance + pull * center), variances


def _utility(probs, rewards, temperature) -> Float[np.ndarray, " n"]:
    r = check_voters(np.atleast_2d(rewards), [1.0], probs.size)[0][0]
    best = r[probs > 0].max()
    return np.exp(np.minimum((r - best) / check_temperature(temperature), 0.0))


def _variance(probs, u) -> float:
    return float(probs @ (u - probs @ u) ** 2)


def _selected(slate_size: int | float) -> float:
    return 1.0 - 1.0 / check_slate_size(slate_size)
