"""Landscapes, and the welfare that rounds at K = inf miss on them."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from jaxtyping import Float

from retrain_sim.theory import (
    kkt_gap,
    nash_bargaining,
    population_trajectory,
    welfare,
    welfare_regret_bound,
)

ATOMS, VOTERS = 40, 3


class Regret(NamedTuple):
    """One landscape.

    Attributes:
        missing: F* - F(p_t), by round.
        gap: the certificate of each round, which needs no optimum.
        divergence: KL(p* || p_0).
    """

    missing: Float[np.ndarray, " rows"]
    gap: Float[np.ndarray, " rows"]
    divergence: float


def follow(probs, rewards, voter_weights, rounds: int) -> Regret:
    """Iterate K = inf and compare with the bargain."""
    path = population_trajectory(probs, rewards, voter_weights, np.inf, rounds)
    best = nash_bargaining(rewards, voter_weights, probs)
    missing = best.welfare - np.asarray(welfare(path, rewards, voter_weights))
    gap = np.asarray(kkt_gap(path, rewards, voter_weights))
    bound = welfare_regret_bound(probs, best.probs, 1)[1]
    return Regret(missing, gap, float(bound))


def random_game(seed: int):
    """Draw shares [n], rewards [m, n] and weights [m], rewards of any steepness."""
    rng = np.random.default_rng(seed)
    steepness = np.exp(rng.uniform(-1.0, 2.0))
    rewards = steepness * rng.normal(size=(VOTERS, ATOMS))
    return rng.dirichlet(np.ones(ATOMS)), rewards, rng.dirichlet(np.full(VOTERS, 2.0))


def plane(cells: int, dimensions: int):
    """Put two quadratic rewards at distance 1, one compromise, on a square grid."""
    axes = np.meshgrid(*[np.linspace(-2, 2, cells)] * dimensions, indexing="ij")
    x = np.stack([axis.ravel() for axis in axes])
    optimum = np.zeros((dimensions, 1))
    optimum[0] = 0.5
    rewards = np.stack([-((x - side * optimum) ** 2).sum(axis=0) for side in (-1, 1)])
    return np.full(x.shape[1], 1 / x.shape[1]), rewards, np.array([0.5, 0.5])
