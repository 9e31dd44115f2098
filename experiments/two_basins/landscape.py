"""The loop at K = inf on a line, and what its end should be."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from jaxtyping import Float

from experiments.common import quadratic_rewards
from retrain_sim.theory import (
    kkt_gap,
    nash_bargaining,
    population_trajectory,
    quadratic_limit,
    welfare,
)

HALF_WIDTH = 12.0
EPS = 0.25
"""Tolerance of a basin: rewards within it of the maximum, outcomes within 0.5."""


class Run(NamedTuple):
    """One distance, all weights q.

    Attributes:
        distance: D.
        weights: q.
        share: a_t, mass nearer to optimum 1, by weight and round.
        outside: m_t, mass outside both basins.
        mean: mean position.
        welfare: F(p_t).
        gap: bound on the welfare missing after the last round.
        nash: a of the bargain on the same cells.
        nash_gap: its certificate.
        exact: a in the closed form; NaN where one compromise is left.
        exact_mean: mean position in the closed form.
    """

    distance: float
    weights: Float[np.ndarray, " q"]
    share: Float[np.ndarray, "q rows"]
    outside: Float[np.ndarray, "q rows"]
    mean: Float[np.ndarray, "q rows"]
    welfare: Float[np.ndarray, "q rows"]
    gap: Float[np.ndarray, " q"]
    nash: Float[np.ndarray, " q"]
    nash_gap: Float[np.ndarray, " q"]
    exact: Float[np.ndarray, " q"]
    exact_mean: Float[np.ndarray, " q"]

    def error(self, predicted: Float[np.ndarray, " q"]) -> Float[np.ndarray, " rows"]:
        """Average (a_t - predicted)^2 over q, by round."""
        return np.mean((self.share - predicted[:, None]) ** 2, axis=0)


def compute(distance: float, weights, cells: int, rounds: int) -> Run:
    """Run the loop for every weight and solve for its end in both ways."""
    x = np.linspace(-HALF_WIDTH, HALF_WIDTH, cells)
    rewards = quadratic_rewards(x, distance)
    rows = [_one(x, rewards, distance, q, rounds) for q in weights]
    columns = [np.array(column) for column in zip(*rows, strict=True)]
    return Run(float(distance), np.array(weights), *columns)


def _one(x, rewards, distance, q, rounds):
    voters = rewards, [q, 1 - q]
    path = population_trajectory(np.full(x.size, 1 / x.size), *voters, np.inf, rounds)
    nash = nash_bargaining(*voters)
    end = quadratic_limit(distance, q)
    nearer = np.where(x == 0, 0.5, x < 0)
    return (
        path @ nearer,
        path @ (rewards < -EPS).all(axis=0),
        path @ x,
        welfare(path, *voters),
        kkt_gap(path[-1], *voters),
        nash.probs @ nearer,
        nash.gap,
        end.probs[0] if end.probs.size == 2 else np.nan,
        end.probs @ end.positions,
    )
