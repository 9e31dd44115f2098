"""Outcomes: the rows of a pool, those that nothing can tell apart counted as one."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from jaxtyping import Float, Int

from retrain_sim.forecasting.scores import Pool


class Outcomes(NamedTuple):
    """Merged rows. Rows of one outcome keep their proportions in every round.

    Attributes:
        rewards: ``[m, a]``.
        probs: > 0, sum 1 ``[a]``.
        groups: ``[a]``.
        n_groups: groups in the pool; 1 if it has none.
        rows: rows of the pool with mass ``[k]``.
        shares: of those rows within their outcome ``[k]``.
        outcome: of those rows ``[k]``.
        entropy: of the rows within each outcome, in nats ``[a]``.
        concentration: sum of the squares of ``shares``, within each outcome ``[a]``.
    """

    rewards: Float[np.ndarray, "m a"]
    probs: Float[np.ndarray, " a"]
    groups: Int[np.ndarray, " a"]
    n_groups: int
    rows: Int[np.ndarray, " k"]
    shares: Float[np.ndarray, " k"]
    outcome: Int[np.ndarray, " k"]
    entropy: Float[np.ndarray, " a"]
    concentration: Float[np.ndarray, " a"]


def merge(pool: Pool) -> Outcomes:
    """Merge the rows of equal rewards and group; rows without mass are absent.

    Example:
        >>> from retrain_sim.forecasting.scores import load_pool
        >>> merge(load_pool({"a": [1.0, 0.0, 1.0]})).probs.round(4)
        array([0.3333, 0.6667])
    """
    rows = np.flatnonzero(pool.probs)
    rewards, groups, probs = pool.rewards[:, rows], pool.groups[rows], pool.probs[rows]
    order = np.lexsort((groups, *rewards))
    same = groups[order][1:] == groups[order][:-1]
    for reward in rewards:
        same &= reward[order][1:] == reward[order][:-1]
    outcome = np.empty(rows.size, int)
    outcome[order] = np.concatenate([[0], np.cumsum(~same)])
    mass = np.bincount(outcome, probs)
    shares = probs / mass[outcome]
    first = np.empty(mass.size, int)
    first[outcome[order[::-1]]] = order[::-1]
    return Outcomes(
        rewards[:, first],
        mass / mass.sum(),
        groups[first],
        max(len(pool.group_names), 1),
        rows,
        shares,
        outcome,
        np.maximum(-np.bincount(outcome, shares * np.log(shares)), 0.0),
        np.bincount(outcome, shares**2),
    )
