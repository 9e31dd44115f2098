"""Who survives: the best outcomes of a voter, or a group, and by which margin."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from jaxtyping import Bool, Float

from retrain_sim.forecasting.endpoint import (
    MAX_ROUNDS,
    Endpoint,
    find_endpoint,
    log_growth,
)
from retrain_sim.forecasting.game import Game
from retrain_sim.forecasting.outcomes import Outcomes

SURVIVES = 1e-3
"""Greatest share in the limit that still counts as lost."""

GONE = 1e-9


class Survival(NamedTuple):
    """What becomes of a voter or a group.

    Attributes:
        name: of the reward or the group.
        share: of the group, or the voter's best group or outcomes, in the limit.
        survives: whether that is more than 1e-3.
        margin: invasion rate minus one, see ``invasion_margin``.
    """

    name: str
    share: float
    survives: bool
    margin: float


def favorites(outcomes: Outcomes, voter: int) -> Bool[np.ndarray, " a"]:
    """Mark a voter's best group, by its mean reward in the pool, or best outcomes.

    Args:
        outcomes: of the pool.
        voter: index of the reward.

    Returns:
        Outcomes ``[a]``; all that tie for the best where there are no groups.
    """
    reward = outcomes.rewards[voter]
    if outcomes.n_groups == 1:
        return reward == reward.max()
    mass = np.bincount(outcomes.groups, outcomes.probs, outcomes.n_groups)
    total = np.bincount(outcomes.groups, outcomes.probs * reward, outcomes.n_groups)
    mean = np.where(mass > 0, total / np.where(mass > 0, mass, 1.0), -np.inf)
    return outcomes.groups == mean.argmax()


def survival(
    name: str, game: Game, end: Endpoint, chosen: Bool[np.ndarray, " a"]
) -> Survival:
    """Tell what becomes of some outcomes."""
    share = float(end.probs[chosen].sum())
    margin = invasion_margin(game, end, chosen)
    return Survival(name, share, share > SURVIVES, margin)


def invasion_margin(
    game: Game,
    end: Endpoint | None,
    chosen: Bool[np.ndarray, " a"],
    tolerance: float = 1e-9,
    max_rounds: int = MAX_ROUNDS,
) -> float:
    """Compute how fast outcomes grow when rare: positive, and they cannot be lost.

    The residents are the limit that the pool reaches without these outcomes; the rate
    is the growth factor per round, in that population, of the fastest of them. In a
    cycle it is the geometric mean over the period.

    Args:
        game: outcomes and rules.
        end: its limit, if it is known.
        chosen: the outcomes ``[a]``.
        tolerance: of the residents' limit.
        max_rounds: until then.

    Returns:
        Invasion rate minus one; 0 if there is no other outcome.
    """
    if chosen.all():
        return 0.0
    if game.rules.real_share == 0 and end and end.rows[:, chosen].sum() < GONE:
        residents = np.where(chosen, 0.0, end.rows)
        residents /= residents.sum(axis=1, keepdims=True)
    else:
        residents = _without(game, end, chosen, tolerance, max_rounds)
    return float(np.expm1(log_growth(game, residents)[chosen].max()))


def _without(
    game: Game,
    end: Endpoint | None,
    chosen: np.ndarray,
    tolerance: float,
    max_rounds: int,
) -> Float[np.ndarray, "period a"]:
    """Return the limit of the pool without some outcomes ``[period, a]``."""
    rest = game.only(~chosen)
    hint = rest.start if end is None else end.probs[~chosen] + 1e-3 * rest.start
    large = find_endpoint(rest, hint / hint.sum(), tolerance, max_rounds)
    residents = np.zeros((len(large.rows), chosen.size))
    residents[:, ~chosen] = large.rows
    return residents
