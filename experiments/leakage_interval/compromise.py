"""A shallow compromise, second best to both voters, may take everything."""

from __future__ import annotations

import math

import numpy as np
from jaxtyping import Bool, Float

from retrain_sim.theory import invasion_rates, nash_bargaining


def rewards(gap: float, short: float) -> Float[np.ndarray, "2 3"]:
    """Score two favorites that lose ``gap`` to the other voter, and a compromise."""
    return -np.array([[0.0, gap, short], [gap, 0.0, short]])


def law(gap: float, short: float, slate_size: float) -> bool:
    """Tell whether the compromise invades two equal camps (derived here).

    K = inf: 2 exp(-short) > 1 + exp(-gap). K = 2: short < gap / 2, far wider.
    """
    if slate_size == 2:
        return short < gap / 2
    return 2 * math.exp(-short) > 1 + math.exp(-gap)


def invades(gaps, shorts, slate_size) -> Bool[np.ndarray, "shorts gaps"]:
    """Ask the exact growth of the compromise when rare, on a grid of landscapes."""
    return np.array([[_rate(g, s, slate_size) > 1 for g in gaps] for s in shorts])


def _rate(gap, short, slate_size):
    camps = [0.5, 0.5, 0.0]
    return invasion_rates(camps, rewards(gap, short), [0.5, 0.5], slate_size)[2]


def takes_over(gap: float, short: float) -> float:
    """Return the share of the compromise in the limit at K = inf."""
    return float(nash_bargaining(rewards(gap, short), [0.5, 0.5]).probs[2])
