"""Who survives at which slate size: invasion of a population by a rare outcome.

An outcome x that is rare in p grows iff sum_i w_i H_i(x; p) > 1. Two types coexist iff
each invades the other; slates of two are a zero-sum game, where they never do. All is
derived here, for the curation of Falahati et al., 2026, arXiv:2605.07724.
"""

import math

import numpy as np
from jaxtyping import Float
from numpy.typing import ArrayLike

from retrain_sim.theory.atoms import curation_multiplier
from retrain_sim.theory.checks import (
    check_number,
    check_probs,
    check_slate_size,
)
from retrain_sim.theory.limits import limit

NEUTRAL = 1e-9  # growth above 1 that counts
MAX_ROUNDS = 2000  # for the residents, whose marginal types vanish like 1/t
HARD_GAP = 1e3  # exp(-1000) is 0


def invasion_rates(
    probs: ArrayLike,
    rewards: ArrayLike,
    voter_weights: ArrayLike,
    slate_size: int | float,
    temperature: int | float = 1.0,
) -> Float[np.ndarray, " n"]:
    """Compute the growth factor that each atom has if it is rare in a population.

    This is `curation_multiplier`, read at the atoms without mass: they do not change
    the population that they meet, and invade it where the rate is above 1. Atoms with
    mass get their growth in their own presence; 1 at a fixed point.

    Args:
        probs: Shares of the residents [n], >= 0, sum 1, 0 for the invaders.
        rewards: Finite rewards [m, n], one row per voter.
        voter_weights: Probability that each voter judges a slate [m], >= 0, sum 1.
        slate_size: K, an integer >= 1, or math.inf.
        temperature: Unit of the rewards, > 0; math.inf means no curation.

    Returns:
        Rates [n].

    Raises:
        ValueError: If an argument is outside these ranges.

    References:
        J. Hofbauer, K. Sigmund, "Evolutionary Games and Population Dynamics", Cambridge
        1998. Derived here: the rates of curation.

    Example:
        >>> rewards = [[60.0, 0.0], [0.0, 60.0]]
        >>> invasion_rates([0.0, 1.0], rewards, [0.4, 0.6], 3).round(4)
        array([1.2, 1. ])
    """
    return curation_multiplier(probs, rewards, voter_weights, slate_size, temperature)


def coexistence_threshold(
    slate_size: int | float, leakage_1: int | float = 0.0, leakage_2: int | float = 0.0
) -> tuple[float, float]:
    """Bound the voter weights between which two types survive, at any slate size.

    Type 1 invades type 2 iff

        K (q / (1 + (K - 1) k_1) + (1 - q) k_2 / (k_2 + K - 1)) > 1

    and type 2 likewise. There is no other outcome: never do both resist.

    Args:
        slate_size: K, an integer >= 2, or math.inf.
        leakage_1: k_1 in [0, 1), utility of type 2 over that of type 1 to voter 1.
        leakage_2: k_2 in [0, 1), utility of type 1 over that of type 2 to voter 2.

    Returns:
        (low, high): both types survive iff low < q < high. Below low type 2 takes all,
        above high type 1. At K = 2 both are the same number.

    Raises:
        ValueError: If an argument is outside these ranges.

    References:
        Derived here.

    Example:
        >>> coexistence_threshold(4)
        (0.25, 0.75)
    """
    k_1, k_2 = (
        check_number(f"leakage_{i}", k, 0.0, np.nextafter(1.0, 0.0))
        for i, k in ((1, leakage_1), (2, leakage_2))
    )
    slate_size = check_slate_size(slate_size)
    if slate_size == 1:
        raise ValueError("slate_size is 1, allowed >= 2: a slate of one is no choice")
    low = _least_weight(slate_size, k_1, k_2)
    return low, 1.0 - _least_weight(slate_size, k_2, k_1)


def critical_slate_size(
    weights: ArrayLike,
    gaps: int | float | ArrayLike = math.inf,
    temperature: int | float = 1.0,
) -> int | float:
    """Find the least slate size at which the type of every voter survives.

    Each voter has a favorite type, and all other types are equally good for it. A type
    survives if it invades the limit that the others reach without it: under hard
    separation, where these have shares a_j, iff

        K w_i + sum_{j != i} w_j (1 - a_j)^(K - 1) > 1

    so more than 1 / w_i candidates always suffice, and with more voters fewer do. The
    search takes for granted that survival at K implies survival beyond.

    Args:
        weights: Probability that each voter judges a slate [m], > 0, sum 1, m >= 2.
        gaps: Reward of voter i's own type minus that of the others, > 0: one number,
            or one per voter [m]. Infinite (by default): hard separation.
        temperature: Unit of the rewards, > 0.

    Returns:
        K >= 3, or math.inf if not even infinite slates keep every type.

    Raises:
        ValueError: If an argument is outside these ranges.

    References:
        Derived here.

    Example:
        >>> critical_slate_size([0.8, 0.2])
        6
    """
    weights = check_probs("weights", weights)
    if weights.size < 2 or not weights.all():
        raise ValueError(f"weights is {weights}, allowed two or more, all > 0")
    rewards = np.diag(_scaled_gaps(gaps, temperature, weights.shape))
    if not _all_survive(rewards, weights, math.inf):
        return math.inf
    low, high = 2, 4
    while not _all_survive(rewards, weights, high):
        low, high = high, 2 * high
    while high - low > 1:
        middle = (low + high) // 2
        survive = _all_survive(rewards, weights, middle)
        low, high = (low, middle) if survive else (middle, high)
    return high


def _scaled_gaps(gaps, temperature, shape):
    """Return gaps / temperature [m], at most HARD_GAP."""
    gaps = np.asarray(gaps, dtype=np.float64)
    if not (gaps > 0).all():
        raise ValueError(f"gaps is {gaps}, allowed > 0 or math.inf")
    if gaps.shape not in ((), shape):
        raise ValueError(f"gaps has shape {gaps.shape}, allowed a number or {shape}")
    unit = check_number("temperature", temperature, np.nextafter(0.0, 1.0))
    with np.errstate(over="ignore"):
        return np.broadcast_to(np.minimum(gaps / unit, HARD_GAP), shape)


def _least_weight(slate_size, own, other):
    """Return the weight above which the type of a voter with leakage own invades."""
    share = 1.0 / slate_size
    resisted = share + (1.0 - share) * own  # 1 / growth under the own voter
    tolerated = other / (1.0 - share + share * other)  # growth under the other
    return (1.0 - tolerated) * resisted / (1.0 - tolerated * resisted)


def _all_survive(rewards, weights, slate_size):
    return all(_survives(i, rewards, weights, slate_size) for i in range(weights.size))


def _survives(i, rewards, weights, slate_size):
    """Tell whether type i invades the limit of the others."""
    start = np.where(np.arange(weights.size) == i, 0.0, 1.0 / (weights.size - 1))
    game = rewards, weights, slate_size
    residents = limit(start, *game, max_rounds=MAX_ROUNDS).probs
    return invasion_rates(residents, *game)[i] > 1.0 + NEUTRAL
