"""How many equally good items survive resampling, if rare ones are favored."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from jaxtyping import Float
from scipy.stats import binom

from retrain_sim.theory.checks import check_count, check_number
from retrain_sim.theory.laws.hypotheses import assuming

GRID = 0.05
"""Steps of the number of survivors in which the round is computed anew."""


class Survival(NamedTuple):
    """What is left, by generation.

    Attributes:
        survivors: mean number of items with mass [n_rounds + 1].
        entropy: mean entropy over the items, nats [n_rounds + 1].
    """

    survivors: Float[np.ndarray, " rows"]
    entropy: Float[np.ndarray, " rows"]


@assuming(
    "replaced data, an ideal fit",
    "items alike, equally likely at the start",
    "the weight p^(-zeta)",
    "mean field: the other survivors share what is left equally",
)
def balanced_survivors(
    n_items: int, zeta: int | float, n_kept: int, n_rounds: int
) -> Survival:
    """Predict survivors of resampling against balancing selection, item by item.

    One item's share is a chain of binomial counts, whose mean after a round with s
    survivors is

        a' = a / (a + (s - 1)^zeta (1 - a)^(1 - zeta) a^zeta)

    and s is n_items times the chance that this item is alive. Exact at zeta = 0.

    Args:
        n_items: m >= 2.
        zeta: in [0, 1]; 0 is plain resampling.
        n_kept: samples per generation, >= 1; a multiple of n_items starts exactly.
        n_rounds: T >= 0.

    Returns:
        Survivors and entropy in generations 0..T.

    Raises:
        ValueError: If an argument is outside these ranges.

    References:
        Derived here.

    Example:
        >>> survival = balanced_survivors(2, 0.0, n_kept=10, n_rounds=1)
        >>> survival.survivors.round(4)  # both alive but for 2 x 2^-10
        array([2.   , 1.998])
    """
    items = check_count("n_items", n_items, 2)
    n_kept = check_count("n_kept", n_kept, 1)
    zeta = check_number("zeta", zeta, 0.0, 1.0)
    law = _start(items, n_kept)
    rows, rounds = [law], {}
    for _ in range(check_count("n_rounds", n_rounds, 0)):
        level = round(max(1.0, items * (1 - law[0])) / GRID)
        if level not in rounds:
            rounds[level] = _transition(level * GRID, zeta, n_kept)
        law = law @ rounds[level]
        rows.append(law)
    laws, share = np.array(rows), np.arange(n_kept + 1) / n_kept
    surprise = -share * np.log(np.where(share > 0, share, 1.0))
    return Survival(items * (1 - laws[:, 0]), items * laws @ surprise)


def _start(items: int, n_kept: int) -> Float[np.ndarray, " states"]:
    """Put the item at its equal share, between two counts if need be."""
    low, over = divmod(n_kept / items, 1)
    law = np.zeros(n_kept + 1)
    law[int(low)] = 1 - over
    law[min(int(low) + 1, n_kept)] += over
    return law


def _transition(s: float, zeta: float, n_kept: int) -> Float[np.ndarray, "i j"]:
    counts = np.arange(n_kept + 1)
    a = counts / n_kept
    others = (s - 1) ** zeta * (1 - a) ** (1 - zeta) * a**zeta
    mean = np.divide(a, a + others, out=np.zeros_like(a), where=a > 0)
    return binom.pmf(counts, n_kept, mean[:, None])
