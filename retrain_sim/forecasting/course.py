"""The course of a pool: what is observed of every round, with bootstrap errors."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import NamedTuple

import numpy as np
from jaxtyping import Float

from retrain_sim.forecasting.game import Game, Rules, make_game
from retrain_sim.forecasting.outcomes import Outcomes
from retrain_sim.theory import welfare

RESAMPLES = 20
LARGEST_RESAMPLE = 10_000
Hear = Callable[[int], None]


class Course(NamedTuple):
    """Rounds 0..T.

    Attributes:
        entropy: of the rows, in nats ``[T + 1]``.
        effective_outcomes: ``exp(entropy)`` ``[T + 1]``.
        effective_sample_size: equal rows that the weighted ones are worth ``[T + 1]``.
        group_masses: ``[T + 1, g]``.
        mean_rewards: ``[T + 1, m]``.
        mean_utilities: E[exp((r - max r) / temperature)] ``[T + 1, m]``.
    """

    entropy: Float[np.ndarray, " t"]
    effective_outcomes: Float[np.ndarray, " t"]
    effective_sample_size: Float[np.ndarray, " t"]
    group_masses: Float[np.ndarray, "t g"]
    mean_rewards: Float[np.ndarray, "t m"]
    mean_utilities: Float[np.ndarray, "t m"]


class Followed(NamedTuple):
    """A course, the Nash welfare of its rounds, and its last round."""

    course: Course
    welfare: Float[np.ndarray, " t"]
    last: Float[np.ndarray, " a"]


def follow(game: Game, outcomes: Outcomes, n_rounds: int, hear: Hear) -> Followed:
    """Follow a pool from round 0, one round at a time.

    Args:
        game: its outcomes under rules.
        outcomes: the same outcomes.
        n_rounds: T.
        hear: told the number of rounds that are done.
    """
    utilities = _utilities(outcomes, game.rules)
    seen, values = [], []
    for t, probs in enumerate(_rounds(game, n_rounds)):
        seen.append(_observe(probs, outcomes, utilities))
        values.append(_welfare(probs, game))
        hear(t)
    return Followed(_stacked(seen), np.array(values), probs)


def _rounds(game: Game, n_rounds: int) -> Iterator[Float[np.ndarray, " a"]]:
    probs = game.start
    yield probs
    for _ in range(n_rounds):
        probs = game.step(probs)
        yield probs


def _stacked(seen: list[tuple]) -> Course:
    return Course(*(np.array(rows) for rows in zip(*seen, strict=True)))


def _utilities(outcomes: Outcomes, rules: Rules) -> Float[np.ndarray, "m a"]:
    best = outcomes.rewards.max(axis=1, keepdims=True)
    return np.exp((outcomes.rewards - best) / rules.temperature)


def _welfare(probs: np.ndarray, game: Game) -> float:
    rules = game.rules
    return float(welfare(probs, game.rewards, rules.weights, rules.temperature))


def _observe(probs: np.ndarray, outcomes: Outcomes, utilities: np.ndarray) -> tuple:
    inside = probs[probs > 0]
    entropy = max(float(probs @ outcomes.entropy - inside @ np.log(inside)), 0.0)
    return (
        entropy,
        np.exp(entropy),
        1.0 / (probs**2 @ outcomes.concentration),
        np.bincount(outcomes.groups, probs, outcomes.n_groups),
        outcomes.rewards @ probs,
        utilities @ probs,
    )


def bootstrap_errors(
    rules: Rules, outcomes: Outcomes, n_rounds: int, seed: int
) -> Course:
    """Estimate standard errors of a course: the pool is a sample of its model.

    The standard deviation over 20 resamples of the rows. Of more than 10 000 rows that
    many are drawn, and the deviation is scaled by the root of the share drawn.

    Args:
        rules: how a round curates.
        outcomes: of the pool.
        n_rounds: T.
        seed: of the resamples.
    """
    n = outcomes.rows.size
    drawn = min(n, LARGEST_RESAMPLE)
    weights = outcomes.probs[outcomes.outcome] * outcomes.shares
    utilities = _utilities(outcomes, rules)

    def resampled(i: int) -> Course:
        picked = np.random.default_rng((seed, i)).integers(n, size=drawn)
        mass = np.bincount(
            outcomes.outcome[picked], weights[picked], outcomes.probs.size
        )
        inside = np.flatnonzero(mass)
        few = _only(outcomes, inside, mass)
        game = make_game(few.rewards, few.probs, rules)
        rows = _rounds(game, n_rounds)
        return _stacked([_observe(row, few, utilities[:, inside]) for row in rows])

    with ThreadPoolExecutor(os.cpu_count()) as workers:
        courses = list(workers.map(resampled, range(RESAMPLES)))
    scale = np.sqrt(drawn / n)
    columns = zip(*courses, strict=True)
    return Course(*(scale * np.std(rows, axis=0, ddof=1) for rows in columns))


def _only(outcomes: Outcomes, inside: np.ndarray, mass: np.ndarray) -> Outcomes:
    """Take some outcomes with other masses; what is inside of them stays."""
    return outcomes._replace(
        rewards=outcomes.rewards[:, inside],
        probs=mass[inside] / mass.sum(),
        groups=outcomes.groups[inside],
        entropy=outcomes.entropy[inside],
        concentration=outcomes.concentration[inside],
    )
