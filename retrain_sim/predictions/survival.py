"""Who survives at this slate size: the favorite group of every voter."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
import xarray as xr

from retrain_sim.predictions.saved import Game
from retrain_sim.theory import Limit, NashSolution, invasion_rates, limit

KEPT = 1e-3
"""Least share in the limit of a group that survives."""

WORK = 1e6
"""Atoms x voters x rounds to spend on the limits of one arm: seconds, not minutes."""

MOST_ROUNDS = 1024

MOST_ATOMS = 1000
"""Of a pool of samples, where masses of groups are all that is asked for."""


class Survivor(NamedTuple):
    """What becomes of a voter's favorite group, the one of greatest mean utility.

    Args:
        voter: its name.
        group: its favorite.
        weight: how often it judges; the favorite's share under hard separation.
        nash: share of the favorite in the bargain, at infinite slates.
        limit: its share in the limit at this slate size; see ``Limit.kind``.
        last: its measured share in the last round, mean over seeds, NaN if unknown.
        margin: growth of the favorite's best outcome in the limit of all other groups,
            minus one, all without real data: it invades them iff positive. NaN with a
            single group.
    """

    voter: str
    group: str
    weight: float
    nash: float
    limit: float
    last: float
    margin: float

    @property
    def survives(self) -> bool:
        """Whether the favorite keeps more than 1e-3 in the limit."""
        return self.limit > KEPT


def survival_of(
    game: Game,
    nash: NashSolution,
    measured: xr.Dataset,
    names: tuple[str, ...],
) -> tuple[Limit, list[Survivor]]:
    """Find the limit at the game's slate size, and who is left in it.

    A pool of samples is thinned to 1000 first: only masses of groups are asked for.

    Args:
        game: how the arm curates.
        nash: the bargain on its atoms.
        measured: the history of the arm alone, [seed, round].
        names: of the groups.

    Returns:
        The limit, ``not_reached`` if it takes too long, and one row per voter.
    """
    nash_shares = np.bincount(game.groups, nash.probs, len(names))
    game = _thinned(game)
    m = len(game.weights)
    rounds = WORK / (game.probs.size * m * (m + 1))
    rounds = int(np.clip(rounds, measured.sizes["round"], MOST_ROUNDS))
    end = _limit(game, game.probs, rounds)
    found = []
    for i, voter in enumerate(game.voters):
        label = _favorite(game, i)
        inside = game.groups == label
        name = f"share/{names[label]}"
        last = float(measured[name][:, -1].mean()) if name in measured else math.nan
        shares = float(nash_shares[label]), float(end.probs[inside].sum())
        margin = _margin(game, inside, rounds)
        weight = float(game.weights[i])
        found.append(Survivor(voter, names[label], weight, *shares, last, margin))
    return end, found


def _thinned(game: Game) -> Game:
    """Take some of the samples: they are a smaller pool of the same law."""
    n = game.probs.size
    if game.exact or n <= MOST_ATOMS:
        return game
    kept = np.random.default_rng(0).choice(n, MOST_ATOMS, replace=False)
    probs, real = game.probs[kept], game.real_probs[kept]
    return game._replace(
        probs=probs / probs.sum(),
        real_probs=real / real.sum(),
        groups=game.groups[kept],
        rewards=game.rewards[:, kept],
    )


def _favorite(game: Game, voter: int) -> int:
    """Return the group of greatest mean utility to a voter."""
    reward = game.rewards[voter]
    utility = np.exp((reward - reward.max()) / game.temperature)
    masses = np.bincount(game.groups, game.support)
    totals = np.bincount(game.groups, game.support * utility)
    return int(np.argmax(totals / np.where(masses > 0, masses, 1)))


def _limit(game: Game, probs: np.ndarray, rounds: int) -> Limit:
    votes = game.rewards, game.weights
    return limit(probs, *votes, game.slate_size, max_rounds=rounds, **game.mixing)


def _margin(game: Game, inside: np.ndarray, rounds: int) -> float:
    """Let the best outcome of a group meet the limit of all others, when it is rare."""
    rest = np.where(inside, 0.0, game.support)
    if not rest.any():
        return math.nan
    alone = game._replace(real_share=0.0)
    residents = _limit(alone, rest / rest.sum(), rounds).probs
    votes = game.rewards, game.weights
    rates = invasion_rates(residents, *votes, game.slate_size, game.temperature)
    return float(rates[inside].max()) - 1
