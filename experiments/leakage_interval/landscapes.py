"""Landscapes on which the leakage interval is put to the test, at K = inf."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from jaxtyping import Float

from experiments.common import quadratic_rewards
from retrain_sim.theory import (
    audit_basins,
    leakage_interval,
    nash_bargaining,
)

EPS = 0.3
GONE = 1e-6
"""Mass outside both basins that counts as none."""


class Outcome(NamedTuple):
    """One landscape and weight.

    Attributes:
        q: weight of voter 1.
        a: mass of basin 1 in the limit.
        outside: mass outside both basins in the limit.
        interval: of the theorem, with its kappa.
        sharp: the same with the sharper kappa, exp(-(gap - eps)).
        assumed: whether the assumptions of the main text hold.
        dominated: whether nothing outside grows, at any round.
        kappa: leakage of both voters.
        wrong: the interval with exp(-(gap + eps)), which is too narrow.
    """

    q: float
    a: float
    outside: float
    interval: tuple[float, float]
    sharp: tuple[float, float]
    assumed: bool
    dominated: bool
    kappa: Float[np.ndarray, " 2"]
    wrong: tuple[float, float]

    def guaranteed(self) -> bool:
        """Tell whether the theorem applies: its assumptions, and nothing outside."""
        return self.assumed and self.outside < GONE

    def inside(self, which: str = "interval") -> bool:
        """Tell whether a is in the interval, to rounding."""
        low, high = getattr(self, which)
        return low - 1e-9 <= self.a <= high + 1e-9


def outcome(rewards: Float[np.ndarray, "2 n"], q: float, eps: float) -> Outcome:
    """Solve for the limit from a uniform start and audit the landscape."""
    start = np.full(rewards.shape[1], 1 / rewards.shape[1])
    weights = [q, 1 - q]
    audit = audit_basins(start, rewards, eps, weights, n_rounds=30)
    limit = nash_bargaining(rewards, weights, start).probs
    outside = ~audit.members.any(axis=0)
    return Outcome(
        q,
        float(limit @ audit.members[0]),
        float(limit @ outside),
        leakage_interval(q, *audit.leakage),
        leakage_interval(q, *audit.sharp_leakage),
        all(audit.main_text.values()),
        all(audit.appendix.values()),
        audit.leakage,
        leakage_interval(q, *(audit.leakage * np.exp(-3 * eps))),
    )


def quadratic(distance: float, q: float, eps: float) -> Outcome:
    """Put two quadratic rewards on [-12, 12], 2 401 cells."""
    x = np.linspace(-12, 12, 2401)
    return outcome(quadratic_rewards(x, distance), q, eps)


def random_landscape(seed: int, n: int = 60) -> tuple[Float[np.ndarray, "2 n"], float]:
    """Draw two bumpy basins, no plateaus, and what lies outside, with a weight.

    Basin outcomes lose up to 0.3 to their own voter and 2 to 5 to the other;
    outcomes outside lose 0.3 to 4 to both, so that some of them are compromises.
    """
    rng = np.random.default_rng(seed)
    rewards = -rng.uniform(EPS, 4.0, size=(2, n))
    third = n // 3
    for i in (0, 1):
        members = slice(i * third, (i + 1) * third)
        rewards[i, members] = -rng.uniform(0.0, EPS, third)
        rewards[1 - i, members] = -rng.uniform(2.0, 5.0, third)
        rewards[i, i * third] = 0.0
    return rewards, float(rng.uniform(0.05, 0.95))
