"""Three quadratic rewards at the corners of an equilateral triangle, K = inf."""

from __future__ import annotations

import math

import numpy as np
from jaxtyping import Float

from retrain_sim.theory import nash_bargaining


def corners(circumradius: float) -> Float[np.ndarray, "2 3"]:
    """Place the optima [2, 3]."""
    angles = np.arange(3) * 2 * math.pi / 3
    return circumradius * np.stack([np.cos(angles), np.sin(angles)])


def rewards(x: Float[np.ndarray, "2 n"], circumradius: float):
    """Score points [2, n] by minus the squared distance to each optimum: [3, n]."""
    away = x[:, None] - corners(circumradius)[:, :, None]
    return -(away**2).sum(axis=0)


def disc(radius: float, rings: int) -> Float[np.ndarray, "2 n"]:
    """Place points on rings about the center, in 12 directions."""
    angles = np.arange(12) * math.pi / 6
    radii = np.linspace(0, radius, rings + 1)[1:, None]
    ring = np.stack([radii * np.cos(angles), radii * np.sin(angles)]).reshape(2, -1)
    return np.concatenate([np.zeros((2, 1)), ring], axis=1)


def radius_of_limit(circumradius: float, reach: float, rings: int) -> float:
    """Solve for the limit from a start on a disc: its root mean square radius."""
    x = disc(reach, rings)
    limit = nash_bargaining(rewards(x, circumradius), np.full(3, 1 / 3)).probs
    return math.sqrt(limit @ (x**2).sum(axis=0))


def growth(circumradius: float, y: Float[np.ndarray, " n"]) -> Float[np.ndarray, " n"]:
    """Compute the growth of points towards a corner among a consensus at the center."""
    x = np.stack([y, np.zeros_like(y)])
    center = rewards(np.zeros((2, 1)), circumradius)
    return np.exp(rewards(x, circumradius) - center).mean(axis=0)


def three_camps(circumradius: float) -> float:
    """Solve for the radius of three equal outcomes.

    It is the greatest root of y = rho (e - 1) / (e + 2), e = exp(3 rho y); 0 if there
    is none (derived here).
    """
    y = circumradius
    for _ in range(2000):
        t = math.exp(3 * circumradius * y)
        y = circumradius * (t - 1) / (t + 2)
    return y


def onset(reach: float) -> float:
    """Find the circumradius from which points within reach invade a consensus."""
    y = np.linspace(0, reach, 2001)[1:]
    low, high = 0.9, 1.1
    while high - low > 1e-7:
        middle = (low + high) / 2
        invaded = (growth(middle, y) > 1).any()
        low, high = (low, middle) if invaded else (middle, high)
    return high
