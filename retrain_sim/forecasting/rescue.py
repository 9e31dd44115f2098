"""What would save outcomes that are lost: larger slates, or a heavier voter."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from jaxtyping import Bool, Float, Int

from retrain_sim.forecasting.endpoint import Endpoint
from retrain_sim.forecasting.game import Game
from retrain_sim.forecasting.survival import invasion_margin
from retrain_sim.theory import nash_bargaining

LARGEST_SLATE = 10**6
WEIGHT_STEP = 1e-3
FEW = 128  # outcomes that take part in the search
NEAREST = 8  # of them, per voter and side
TOLERANCE, ROUNDS = 1e-6, 1024  # of the residents, in the search


class Rescue(NamedTuple):
    """The least change that would save some outcomes; None where nothing would.

    Attributes:
        slate_size: least K at which they invade, up to a million.
        voter_weight: least weight of the voter, to 0.001, the others in proportion.
        n_outcomes: outcomes that took part in the search.
    """

    slate_size: int | None
    voter_weight: float | None
    n_outcomes: int


def find_rescue(
    game: Game, end: Endpoint, chosen: Bool[np.ndarray, " a"], voter: int
) -> Rescue:
    """Search for the least slate size, and the least weight, that saves outcomes.

    They are saved if they invade the limit of the others. The search takes for granted
    that what saves them at some size does so beyond. In pools of more than 128
    outcomes only those that matter take part: residents, bargain, and the best of each
    voter.

    Args:
        game: outcomes and rules.
        end: its limit, in which the chosen outcomes are lost.
        chosen: outcomes ``[a]``.
        voter: whose weight may rise.
    """
    inside = _those_that_matter(game, end, chosen)
    small, lost = game.only(inside), chosen[inside]

    def saved(slate_size: float, weight: float) -> bool:
        weights = _reweighted(game.rules.weights, voter, weight)
        rules = game.rules._replace(slate_size=slate_size, weights=weights)
        margin = invasion_margin(small.under(rules), None, lost, TOLERANCE, ROUNDS)
        return margin > TOLERANCE

    slate_size, weight = game.rules.slate_size, float(game.rules.weights[voter])
    return Rescue(
        _least_slate(lambda k: saved(k, weight), slate_size),
        _least_weight(lambda w: saved(slate_size, w), weight),
        inside.size,
    )


def _least_slate(saved: Callable[[float], bool], slate_size: float) -> int | None:
    """Double, then bisect; infinite slates are tried first, they cost nothing."""
    if math.isinf(slate_size) or not saved(math.inf):
        return None
    low, high = int(slate_size), 2 * int(slate_size)
    while not saved(high):
        low, high = high, 2 * high
        if low >= LARGEST_SLATE:
            return None
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if saved(middle) else (middle, high)
    return high if high <= LARGEST_SLATE else None


def _least_weight(saved: Callable[[float], bool], weight: float) -> float | None:
    low, high = weight, 1.0
    if not saved(high):
        return None
    while high - low > WEIGHT_STEP:
        middle = 0.5 * (low + high)
        low, high = (low, middle) if saved(middle) else (middle, high)
    return high


def _reweighted(
    weights: Float[np.ndarray, " m"], voter: int, weight: float
) -> Float[np.ndarray, " m"]:
    """Give a voter a weight, the others what is left, in proportion."""
    if weights[voter] == 1.0:
        return weights
    changed = weights * (1.0 - weight) / (1.0 - weights[voter])
    changed[voter] = weight
    return changed


def _those_that_matter(
    game: Game, end: Endpoint, chosen: Bool[np.ndarray, " a"]
) -> Int[np.ndarray, " k"]:
    if chosen.size <= FEW:
        return np.arange(chosen.size)
    rules, found = game.rules, [np.argsort(end.probs)[-4 * NEAREST :]]
    nash = nash_bargaining(game.rewards, rules.weights, game.start, rules.temperature)
    found.append(nash.support[:NEAREST])
    for side in (np.flatnonzero(chosen), np.flatnonzero(~chosen)):
        for values in (*game.rewards, game.growth(end.rows[-1])):
            most = min(NEAREST, side.size)
            found.append(side[np.argpartition(values[side], -most)[-most:]])
    return np.unique(np.concatenate(found))
