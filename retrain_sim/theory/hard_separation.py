"""The bargain between two basins that are all or nothing to the voters."""

import math
from typing import NamedTuple

import numpy as np

from retrain_sim.theory.checks import check_number, check_range


class HardSeparation(NamedTuple):
    """The bargain over the share a of basin 1 when each basin is all or nothing.

    Attributes:
        share: a*, the share of basin 1.
        utilities: (v_1, v_2) at a*.
        disagreement: (d_1, d_2), what a voter gets when the other basin takes all.
        product: (v_1 - d_1)^q (v_2 - d_2)^(1 - q) at a*.
    """

    share: float
    utilities: tuple[float, float]
    disagreement: tuple[float, float]
    product: float


def hard_separation_point(
    q: int | float,
    d_1: int | float,
    d_2: int | float,
    best_1: int | float,
    best_2: int | float,
) -> HardSeparation:
    """Solve the bargain between two fixed basins: basin 1 gets exactly q.

        maximize  (v_1(a) - d_1)^q (v_2(a) - d_2)^(1 - q),
        v_1(a) = a best_1 + (1 - a) d_1,    v_2(a) = a d_2 + (1 - a) best_2

    This is the limit of `nash_bargaining` as leakage between the basins goes to 0; with
    leakage the share differs, so report both.

    Args:
        q: Probability that voter 1 judges a slate, in [0, 1].
        d_1: Mean reward 1 in basin 2.
        d_2: Mean reward 2 in basin 1.
        best_1: Mean reward 1 in basin 1, > d_1.
        best_2: Mean reward 2 in basin 2, > d_2.

    Returns:
        The bargain, in units of the rewards.

    Raises:
        ValueError: If an argument is outside these ranges.

    References:
        Falahati, Mohammadi Amiri, Larson, Golab, "Curated Synthetic Data Doesn't Have
        to Collapse", ICML 2026, arXiv:2605.07724, Theorem 3.7 and Corollary 3.8.

    Example:
        >>> hard_separation_point(0.7, d_1=-1.0, d_2=-1.0, best_1=0.0, best_2=0.0).share
        0.7
    """
    q = check_number("q", q, 0.0, 1.0)
    d_1, d_2 = (check_number(f"d_{i}", d, -math.inf) for i, d in ((1, d_1), (2, d_2)))
    best_1 = check_number("best_1", best_1, np.nextafter(d_1, math.inf))
    best_2 = check_number("best_2", best_2, np.nextafter(d_2, math.inf))
    check_range("best - d", [best_1 - d_1, best_2 - d_2], 0.0)
    gains = q * (best_1 - d_1), (1.0 - q) * (best_2 - d_2)
    product = gains[0] ** q * gains[1] ** (1.0 - q)
    return HardSeparation(q, (d_1 + gains[0], d_2 + gains[1]), (d_1, d_2), product)
