"""The least share of real data that keeps a stated part of the diversity."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from retrain_sim.forecasting.endpoint import find_endpoint
from retrain_sim.forecasting.game import Game
from retrain_sim.forecasting.outcomes import Outcomes

STEP = 1e-3
TOLERANCE, ROUNDS = 1e-6, 1024  # of each limit in the search


class NeededShare(NamedTuple):
    """How much real data it takes.

    Attributes:
        kept: part of the starting entropy that shall remain, in ``[0, 1]``.
        of: "groups" or "outcomes".
        real_share: the least share, to 0.001.
    """

    kept: float
    of: str
    real_share: float


def needed_share(
    game: Game, outcomes: Outcomes, kept: float, hint: np.ndarray
) -> NeededShare:
    """Bisect for the least real share whose limit keeps part of the entropy.

    The pool itself is the real data. The entropy is that of the groups, or of the rows
    where there are no groups; it is taken to rise with the share.

    Args:
        game: outcomes and rules; their own real share does not count.
        outcomes: the same outcomes.
        kept: part of the starting entropy, in ``[0, 1]``.
        hint: where the search for limits begins ``[a]``.
    """
    by_group = outcomes.n_groups > 1
    enough = kept * _entropy(game.start, outcomes, by_group)
    late = hint

    def keeps(share: float) -> bool:
        nonlocal late
        mixed = game.under(game.rules._replace(real_share=share))
        late = find_endpoint(mixed, late, TOLERANCE, ROUNDS).probs
        return _entropy(late, outcomes, by_group) >= enough - TOLERANCE

    low, high = 0.0, 1.0
    if keeps(0.0):
        high = 0.0
    late = 0.5 * (hint + game.start)
    while high - low > STEP:
        middle = 0.5 * (low + high)
        low, high = (low, middle) if keeps(middle) else (middle, high)
    return NeededShare(kept, "groups" if by_group else "outcomes", high)


def _entropy(probs: np.ndarray, outcomes: Outcomes, by_group: bool) -> float:
    masses = np.bincount(outcomes.groups, probs) if by_group else probs
    inside = masses[masses > 0]
    within = 0.0 if by_group else float(probs @ outcomes.entropy)
    return within - float(inside @ np.log(inside))
