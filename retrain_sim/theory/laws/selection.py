"""Curation by one or two voters, infinitely many samples."""

import math

import numpy as np
from jaxtyping import Float
from numpy.typing import ArrayLike

from retrain_sim.theory.checks import (
    check_number,
    check_probs,
    check_range,
    check_slate_size,
)
from retrain_sim.theory.laws.hypotheses import assuming
from retrain_sim.theory.laws.rounds import rounds


@assuming("one reward", "the best outcomes are infinitely better", "no real data")
def hard_separation_mass(
    a_0: int | float, slate_size: int | float, n_rounds: int
) -> Float[np.ndarray, " rows"]:
    """Predict the share of the best outcomes when one reward tolerates nothing else.

        1 - a_t = (1 - a_0)^(K^t)

    The best outcomes lose only a slate without any of them.

    Args:
        a_0: Initial share of the best outcomes, in [0, 1].
        slate_size: K, an integer >= 1, or math.inf.
        n_rounds: T >= 0.

    Returns:
        a_0 ... a_T [n_rounds + 1].

    Raises:
        ValueError: If an argument is outside these ranges.

    References:
        Derived here, for the curation of Ferbach et al., 2024, arXiv:2407.09499.

    Example:
        >>> hard_separation_mass(0.1, slate_size=2, n_rounds=2).round(4)
        array([0.1   , 0.19  , 0.3439])
    """
    a_0 = check_number("a_0", a_0, 0.0, 1.0)
    if a_0 == 0:  # K^t may be infinite, and 0 outcomes stay 0
        return np.zeros_like(rounds(n_rounds))
    with np.errstate(over="ignore", divide="ignore"):
        slates = check_slate_size(slate_size) ** rounds(n_rounds)
        return -np.expm1(slates * np.log1p(-a_0))


@assuming(
    "two types of outcomes", "two voters", "an ideal fit to infinitely many samples"
)
def two_plateau_round(
    a: int | float | ArrayLike,
    q: int | float,
    slate_size: int | float,
    leakage_1: int | float = 0.0,
    leakage_2: int | float = 0.0,
) -> float | Float[np.ndarray, "..."]:
    """Map the share of type 1 through one round: two types, two voters, any slate size.

        a' = sum_j Bin(K, a)(j) [q j / (j + (K - j) k_1)
                                 + (1 - q) j k_2 / (j k_2 + K - j)]

    Voter 1 (probability q) prefers type 1, voter 2 type 2.

    Args:
        a: Share of type 1, any shape, in [0, 1].
        q: Probability that voter 1 judges a slate, in [0, 1].
        slate_size: K, an integer >= 1, or math.inf. Memory is K + 1 times that of a.
        leakage_1: k_1 >= 0, utility of type 2 over that of type 1 to voter 1.
        leakage_2: k_2 >= 0, utility of type 1 over that of type 2 to voter 2.

    Returns:
        a', of the shape of a.

    Raises:
        ValueError: If an argument is outside these ranges.

    References:
        Derived here, for the curation of Falahati et al., 2026, arXiv:2605.07724.

    Example:
        >>> two_plateau_round([0.5, 0.9], q=0.6, slate_size=3).round(4)
        array([0.575, 0.891])
    """
    a = check_range("a", a, 0.0, 1.0)
    q = check_number("q", q, 0.0, 1.0)
    leakage_1 = check_number("leakage_1", leakage_1, 0.0)
    leakage_2 = check_number("leakage_2", leakage_2, 0.0)
    slate_size = check_slate_size(slate_size)
    if slate_size == math.inf:
        return q * _won(a, leakage_1) + (1.0 - q) * (1.0 - _won(1.0 - a, leakage_2))
    j = np.arange(slate_size + 1)
    kept = q * _won(j / slate_size, leakage_1)
    kept += (1.0 - q) * (1.0 - _won(1.0 - j / slate_size, leakage_2))
    # Half a second to import, and only this function needs it.
    from scipy.stats import binom

    # Its pmf overflows at the smallest of floats: shares that small are lost.
    a = np.where(a > 1e-290, a, 0.0)
    return binom.pmf(j, slate_size, a[..., None]) @ kept


@assuming("one reward", "infinite slates", "no real data")
def softmax_trajectory(
    probs: ArrayLike, rewards: ArrayLike, n_rounds: int
) -> Float[np.ndarray, "rows n"]:
    """Follow one reward at infinite slate size.

        p_t(x) proportional to p_0(x) exp(t r(x))

    Args:
        probs: p_0 [n], >= 0, sum 1.
        rewards: r [n], finite, in units of the temperature.
        n_rounds: T >= 0.

    Returns:
        p_0 ... p_T [n_rounds + 1, n].

    Raises:
        ValueError: If an argument is outside these ranges.

    References:
        Ferbach et al., NeurIPS 2024, arXiv:2407.09499.

    Example:
        >>> softmax_trajectory([0.5, 0.5], [1.0, 0.0], n_rounds=1).round(4)
        array([[0.5   , 0.5   ],
               [0.7311, 0.2689]])
    """
    probs = check_probs("probs", probs)
    rewards = check_range("rewards", rewards, -math.inf)
    if rewards.shape != probs.shape:
        raise ValueError(f"rewards has shape {rewards.shape}, allowed {probs.shape}")
    steps, inside = rounds(n_rounds)[:, None], probs > 0
    log_probs = np.full((steps.size, probs.size), -np.inf)
    log_probs[:, inside] = np.log(probs[inside]) + steps * rewards[inside]
    path = np.exp(log_probs - log_probs.max(axis=1, keepdims=True))
    return path / path.sum(axis=1, keepdims=True)


def _won(share, leakage):
    """Return share / (share + (1 - share) leakage), 0 where nothing is on offer."""
    total = share + (1.0 - share) * leakage
    return np.where(share > 0, share / np.where(total > 0, total, 1.0), 0.0)
