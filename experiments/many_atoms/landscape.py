"""Outcomes on a line between two voters, and one that only a third voter likes."""

from __future__ import annotations

import numpy as np
from jaxtyping import Float

from experiments.common import quadratic_rewards

DISTANCE = 3.0
APART = -30.0
"""Reward, to a voter, of outcomes that are not for it."""


def line(n: int) -> Float[np.ndarray, "2 n"]:
    """Score n outcomes between two quadratic optima at distance 3."""
    return quadratic_rewards(np.linspace(-DISTANCE / 2, DISTANCE / 2, n), DISTANCE)


def line_and_one(n: int) -> Float[np.ndarray, "3 n+1"]:
    """Add a third voter and its only outcome."""
    first = np.column_stack([line(n), np.full(2, APART)])
    third = np.append(np.full(n, APART), 0.0)
    return np.vstack([first, third])


def random_rewards(seed: int, voters: int, n: int) -> Float[np.ndarray, "m n"]:
    """Draw rewards without ties."""
    return np.random.default_rng(seed).uniform(-4.0, 0.0, size=(voters, n))
