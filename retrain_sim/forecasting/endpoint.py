"""Where the rounds end, for pools of any size.

The limit has few outcomes. In a large pool the rounds are followed on a few hundred of
them, and every other outcome is then asked whether it would invade; those that would
are let in, until none does.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
from jaxtyping import Float, Int

from retrain_sim.forecasting.game import Game
from retrain_sim.theory import nash_bargaining
from retrain_sim.theory.limits import CHUNK, INVASION, settle
from retrain_sim.theory.nash_solver import best_per_block

FEW = 512  # outcomes that are followed all together
MOST = 128  # outcomes with mass in a large pool to begin with
NEW = 32  # outcomes let in at a time
PASSES = 40
EFFORT = 2**22  # outcomes times rounds
MAX_ROUNDS = 20_000


class Endpoint(NamedTuple):
    """A limit.

    Attributes:
        kind: "fixed_point", "cycle" or "not_reached".
        rows: the rounds of one period, or the last one computed ``[period, a]``.
        rounds: rounds computed; 0 where the limit was solved for.
    """

    kind: str
    rows: Float[np.ndarray, "period a"]
    rounds: int

    @property
    def probs(self) -> Float[np.ndarray, " a"]:
        """Mean over the period ``[a]``."""
        return self.rows.mean(axis=0)


def find_endpoint(
    game: Game,
    hint: Float[np.ndarray, " a"] | None = None,
    tolerance: float = 1e-9,
    max_rounds: int = MAX_ROUNDS,
) -> Endpoint:
    """Find the fixed point or cycle that the rounds reach.

    Args:
        game: outcomes and rules.
        hint: a late round, to begin with; by default the start.
        tolerance: greatest estimated distance to the limit.
        max_rounds: when to give up; earlier in large pools.

    Returns:
        The limit. In pools of more than 512 outcomes without real data it is the limit
        on a subset that no other outcome invades. At K = inf it is the bargain.

    Example:
        >>> from retrain_sim.forecasting.game import Rules, make_game
        >>> rules = Rules(np.array([0.4, 0.6]), 3.0, 1.0)
        >>> end = find_endpoint(make_game(60.0 * np.eye(2), np.full(2, 0.5), rules))
        >>> end.kind, end.probs.round(4)
        ('fixed_point', array([0.2, 0.8]))
    """
    hint = game.start if hint is None else hint
    if math.isinf(game.rules.slate_size) and game.rules.real_share == 0:
        return _bargain(game)
    if game.start.size <= FEW:
        return _follow(game, hint, tolerance, max_rounds)
    if game.rules.real_share > 0:
        return _watch(game, hint, tolerance, max_rounds)
    return _grow(game, hint, tolerance, max_rounds)


def _bargain(game: Game) -> Endpoint:
    rules = game.rules
    nash = nash_bargaining(game.rewards, rules.weights, game.start, rules.temperature)
    kind = "fixed_point" if nash.converged else "not_reached"
    return Endpoint(kind, nash.probs[None], 0)


def _follow(
    game: Game, start: np.ndarray, tolerance: float, max_rounds: int
) -> Endpoint:
    """Follow all outcomes to the end."""

    def leaves(rows: np.ndarray) -> bool:
        rare = rows.max(axis=0) < math.sqrt(INVASION)
        if game.rules.real_share > 0 or not rare.any():
            return False
        return bool(log_growth(game, rows)[rare].max() > INVASION)

    def advance(probs: np.ndarray) -> np.ndarray:
        return game.path(probs, CHUNK)

    most = min(max(EFFORT // start.size, 1024), max_rounds)
    end = settle(advance, leaves, start, tolerance, most)
    period = max(end.period, 1)
    return Endpoint(end.kind, game.path(end.probs, period - 1), end.rounds)


def _watch(
    game: Game, start: np.ndarray, tolerance: float, max_rounds: int
) -> Endpoint:
    """Follow all outcomes and watch the greatest: 65 rounds of all are too many."""
    seen, late = np.argpartition(start, -FEW)[-FEW:], start

    def advance(_before: np.ndarray) -> np.ndarray:
        nonlocal late
        rows = [late[seen]]
        for _ in range(CHUNK):
            late = game.step(late)
            rows.append(late[seen])
        return np.stack(rows)

    end = settle(advance, lambda _: False, start[seen], tolerance, max_rounds)
    return Endpoint(end.kind, game.path(late, max(end.period, 1) - 1), end.rounds)


def log_growth(game: Game, rows: np.ndarray) -> Float[np.ndarray, " a"]:
    """Return the mean logarithm of the growth over the rounds of a period ``[a]``."""
    growth = [np.log(np.maximum(game.growth(row), 1e-300)) for row in rows]
    return np.mean(growth, axis=0)


def _grow(game: Game, hint: np.ndarray, tolerance: float, max_rounds: int) -> Endpoint:
    """Follow few outcomes, let in those that invade, until none does."""
    inside, shares, rounds = *_beginning(game, hint), 0
    for _ in range(PASSES):
        few = _follow(game.only(inside), shares, tolerance, max_rounds)
        rounds += few.rounds
        rows = np.zeros((len(few.rows), game.start.size))
        rows[:, inside] = few.rows
        new = _invaders(game, rows, inside)
        if not new.size:
            return Endpoint(few.kind, rows, rounds)
        inside, shares = _let_in(inside, few.rows[-1], new)
    return Endpoint("not_reached", rows, rounds)


def _beginning(game: Game, hint: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Choose the outcomes of most mass, and those of the Nash bargain."""
    rules = game.rules
    nash = nash_bargaining(game.rewards, rules.weights, game.start, rules.temperature)
    great = np.argpartition(hint, -MOST)[-MOST:]
    inside = np.union1d(great, nash.support[:MOST])
    shares = 0.99 * hint[inside] / hint[inside].sum() + 0.01 / inside.size
    return inside, shares


def _invaders(
    game: Game, rows: np.ndarray, inside: Int[np.ndarray, " k"]
) -> Int[np.ndarray, " new"]:
    growth = log_growth(game, rows)
    growth[inside] = 0.0
    best = best_per_block(growth, NEW)
    return best[growth[best] > INVASION]


def _let_in(
    inside: np.ndarray, shares: np.ndarray, new: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Add the new outcomes, rare, in place of those that are all but gone."""
    stay = shares > 1e-12
    inside, shares = inside[stay], shares[stay]
    together = np.concatenate([0.99 * shares, np.full(new.size, 0.01 / new.size)])
    return np.concatenate([inside, new]), together / together.sum()
