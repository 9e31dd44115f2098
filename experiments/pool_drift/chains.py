"""Two equal camps and few kept samples: the exact chain on counts."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
from jaxtyping import Float

from retrain_sim.theory import (
    CountChain,
    count_chain,
    linear_noise_variance,
    stationary_law,
    two_plateau_round,
)

START = 0.5
STEP = 1e-5


class Spread(NamedTuple):
    """The share of camp 1 in long runs that have lost nothing yet.

    Attributes:
        sd: standard deviation of the exact law.
        linear: the same to first order in the noise.
        loss: probability per round that a camp is lost.
        slope: b, of the round at the fixed point.
    """

    sd: float
    linear: float
    loss: float
    slope: float


def chain(
    n_kept: int, gap: float, slate_size: float, n_pool: float = math.inf
) -> CountChain:
    """Build the chain of two camps whose rewards differ by ``gap`` temperatures."""
    return count_chain(
        lambda a: _round(a, gap, slate_size), n_kept=n_kept, n_pool=n_pool
    )


def _round(a, gap, slate_size):
    leakage = math.exp(-gap)
    return two_plateau_round(a, START, slate_size, leakage, leakage)


def spread(
    n_kept: int, gap: float, slate_size: float, n_pool: float = math.inf
) -> Spread:
    """Compare the exact law of the share with its linear noise."""
    law, stays = stationary_law(chain(n_kept, gap, slate_size, n_pool))
    share = np.arange(n_kept + 1) / n_kept
    sides = _round(START + STEP * np.array([-1.0, 1.0]), gap, slate_size)
    slope = float(sides[1] - sides[0]) / (2 * STEP)
    linear = linear_noise_variance(START, slope, n_kept, n_pool)
    sd = math.sqrt(law @ (share - law @ share) ** 2)
    return Spread(sd, math.sqrt(linear), 1 - stays, slope)


def lost_by_round(
    n_kept: int, gap: float, slate_size: float, rounds: int
) -> Float[np.ndarray, " rows"]:
    """Compute the probability that a camp is lost, by round, from equal camps."""
    steps = chain(n_kept, gap, slate_size).transition
    law = np.zeros(n_kept + 1)
    law[[n_kept // 2, (n_kept + 1) // 2]] += 0.5
    lost = [0.0]
    for _ in range(rounds):
        law = law @ steps
        lost.append(law[0] + law[-1])
    return np.array(lost)
