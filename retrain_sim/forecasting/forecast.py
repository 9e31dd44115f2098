"""Forecast what repeated curation does to a pool of scored outputs."""

from __future__ import annotations

import math
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from jaxtyping import Float

from retrain_sim.forecasting.columns import Columns
from retrain_sim.forecasting.course import (
    Course,
    Followed,
    bootstrap_errors,
    follow,
)
from retrain_sim.forecasting.drift_risk import DriftRisk, drift_risk
from retrain_sim.forecasting.endpoint import Endpoint, find_endpoint
from retrain_sim.forecasting.game import Game, Rules, make_game
from retrain_sim.forecasting.outcomes import Outcomes, merge
from retrain_sim.forecasting.real_share import NeededShare, needed_share
from retrain_sim.forecasting.rescue import Rescue, find_rescue
from retrain_sim.forecasting.scores import Pool, load_pool
from retrain_sim.forecasting.settings import Settings
from retrain_sim.forecasting.survival import Survival, favorites, survival
from retrain_sim.simulate import Progress
from retrain_sim.theory import NashSolution, nash_bargaining

LEAST_ESS = 100
SLOW_S = 1.0  # what takes less needs no progress bar
MOST_GROUPS = 24
"""Groups whose margin is computed: the greatest."""


class Fate(NamedTuple):
    """What becomes of a voter or group, and what would save it if it is lost."""

    survival: Survival
    rescue: Rescue | None


class Forecast(NamedTuple):
    """What repeated curation does to a pool.

    Attributes:
        pool: the scored outputs.
        settings: what was asked.
        weights: of the voters ``[m]``.
        course: rounds 0..T.
        errors: bootstrap standard errors of the same; 0 where the pool is exact.
        welfare_gap: F* - F(p_t), Nash welfare still missing ``[T + 1]``.
        end: the limit at the given K, on the merged outcomes.
        end_masses: of the groups in the limit ``[g]``.
        end_rewards: mean rewards in the limit ``[m]``.
        nash: the limit of infinite slates, on the merged outcomes.
        nash_rows: rows of the file in its support, and their shares.
        nash_masses: of the groups ``[g]``.
        voters: one per reward.
        groups: the greatest groups; empty if there are none.
        risk: that chance loses a group; None if there are none.
        needed: real share that would keep ``keep_entropy``; None if not asked.
    """

    pool: Pool
    settings: Settings
    weights: Float[np.ndarray, " m"]
    course: Course
    errors: Course
    welfare_gap: Float[np.ndarray, " t"]
    end: Endpoint
    end_masses: Float[np.ndarray, " g"]
    end_rewards: Float[np.ndarray, " m"]
    nash: NashSolution
    nash_rows: tuple[np.ndarray, np.ndarray]
    nash_masses: Float[np.ndarray, " g"]
    voters: tuple[Fate, ...]
    groups: tuple[Fate, ...]
    risk: DriftRisk | None
    needed: NeededShare | None

    @property
    def half_life(self) -> int | None:
        """First round with at most half the effective outcomes of round 0, or None."""
        effective = self.course.effective_outcomes
        return _first(effective <= 0.5 * effective[0])

    @property
    def doubtful(self) -> int | None:
        """First round whose effective sample size is under 100; None if exact."""
        if self.pool.exact:
            return None
        return _first(self.course.effective_sample_size < LEAST_ESS)

    @property
    def constant(self) -> bool:
        """Whether there is nothing to select."""
        return not np.ptp(self.pool.rewards[:, self.pool.probs > 0], axis=1).any()


def _first(holds: np.ndarray) -> int | None:
    return int(holds.argmax()) if holds.any() else None


class Silent:
    """Hears how a forecast is getting on, and says nothing."""

    def stage(self, line: str) -> None:
        """A slow part begins."""

    def progress(self, progress: Progress) -> None:
        """Some rounds are done."""


def forecast(
    scores: str | Path | Columns,
    rewards: Sequence[str] = (),
    weights: Sequence[float] = (),
    *,
    group: str = "",
    listener: Any = None,
    **settings: Any,
) -> Forecast:
    """Forecast what repeated curation does to a pool of scored outputs.

    The population map on the pool: an ideal model, refitted round after round to what
    voters keep. Exact for the pool; how much the pool says about the model that it was
    drawn from is in ``errors`` and in the effective sample size of each round.

    Args:
        scores: a file (``.csv``, ``.parquet``, ``.npz``, ``.jsonl``) with a row per
            output and a column per reward; ``RUN/atoms`` of a finished run; or the
            columns, name -> values ``[n]``.
        rewards: the reward columns; by default every column of numbers.
        weights: probability that each reward judges a slate, sum 1; by default equal.
        group: the group column; by default ``group``, if there is one.
        listener: told about progress, as by ``retrain_sim.run``.
        **settings: see ``Settings``: slate_size, rounds, temperature, kept, real_share,
            keep_entropy, seed.

    Returns:
        The forecast; ``retrain_sim.forecasting.summary`` makes plain data of it.

    Raises:
        UserError: a column or a setting cannot be used.

    References:
        Falahati, Mohammadi Amiri, Larson, Golab, "Curated Synthetic Data Doesn't Have
        to Collapse", ICML 2026, arXiv 2605.07724 (the round). Derived here: the rest,
        see ``retrain_sim.theory``.

    Example:
        >>> pool = {"a": [60.0, 0.0], "b": [0.0, 60.0], "group": ["A", "B"]}
        >>> found = forecast(pool, weights=[0.4, 0.6], slate_size=3)
        >>> found.end_masses.round(4)
        array([0.2, 0.8])
    """
    asked = Settings(weights, **settings)
    asked.check()
    pool = load_pool(scores, rewards, group)
    judges = asked.voter_weights(pool.names)
    return _forecast(pool, asked, judges, listener or Silent())


def _forecast(
    pool: Pool, asked: Settings, weights: np.ndarray, listener: Any
) -> Forecast:
    outcomes = merge(pool)
    rules = Rules(weights, float(asked.slate_size), asked.temperature, asked.real_share)
    game = make_game(outcomes.rewards, outcomes.probs, rules)
    followed = _follow(game, outcomes, asked, listener)
    listener.stage("resampling the rows")
    errors = _errors(pool, outcomes, rules, followed.course, asked)
    listener.stage("finding the limit, and who survives")
    end = find_endpoint(game, _hint(game, followed))
    nash = nash_bargaining(outcomes.rewards, weights, outcomes.probs, asked.temperature)
    voters, groups = fates(game, outcomes, pool, end)
    return Forecast(
        pool,
        asked,
        weights,
        followed.course,
        errors,
        np.maximum(nash.welfare - followed.welfare, 0.0),
        end,
        _masses(end.probs, outcomes),
        outcomes.rewards @ end.probs,
        nash,
        _rows(nash.probs, outcomes),
        _masses(nash.probs, outcomes),
        voters,
        groups,
        _risk(game, outcomes, asked) if pool.group_names else None,
        _needed(game, outcomes, end, asked),
    )


def _errors(
    pool: Pool, outcomes: Outcomes, rules: Rules, course: Course, asked: Settings
) -> Course:
    """Estimate what the pool leaves open: nothing, if it is the whole law."""
    if pool.exact:
        return Course(*(np.zeros_like(rows) for rows in course))
    return bootstrap_errors(rules, outcomes, asked.rounds, asked.seed)


def _hint(game: Game, followed: Followed) -> np.ndarray | None:
    """Begin late where that saves rounds; exactly at the start in small pools."""
    return followed.last if game.start.size > 512 else None


def _follow(game: Game, outcomes: Outcomes, asked: Settings, listener: Any) -> Followed:
    began = time.monotonic()

    def hear(done: int) -> None:
        if time.monotonic() - began > SLOW_S:
            listener.progress(Progress(done, asked.rounds))

    return follow(game, outcomes, asked.rounds, hear)


def _risk(game: Game, outcomes: Outcomes, asked: Settings) -> DriftRisk:
    return drift_risk(game, outcomes, asked.kept, asked.rounds, asked.seed)


def _needed(
    game: Game, outcomes: Outcomes, end: Endpoint, asked: Settings
) -> NeededShare | None:
    if asked.keep_entropy is None:
        return None
    return needed_share(game, outcomes, asked.keep_entropy, end.probs)


def fates(
    game: Game, outcomes: Outcomes, pool: Pool, end: Endpoint
) -> tuple[tuple[Fate, ...], tuple[Fate, ...]]:
    """Tell what becomes of every voter, and of the greatest groups."""
    voters = []
    for i, name in enumerate(pool.names):
        chosen = favorites(outcomes, i)
        voters.append(_fate(name, game, end, chosen, i))
    groups = []
    if pool.group_names:
        mass = _masses(outcomes.probs, outcomes)
        for g in np.sort(np.argsort(-mass)[:MOST_GROUPS]):
            chosen = outcomes.groups == g
            if chosen.any():
                friend = _friend(game, chosen)
                groups.append(_fate(pool.group_names[g], game, end, chosen, friend))
    return tuple(voters), tuple(groups)


def _fate(name: str, game: Game, end: Endpoint, chosen: np.ndarray, voter: int) -> Fate:
    found = survival(name, game, end, chosen)
    lost = not found.survives and found.margin <= 0 and game.rules.real_share == 0
    return Fate(found, find_rescue(game, end, chosen, voter) if lost else None)


def _friend(game: Game, chosen: np.ndarray) -> int:
    """Return the voter to whom the best of a group is nearest to the best of all."""
    away = game.rewards.max(axis=1) - game.rewards[:, chosen].max(axis=1)
    return int(np.where(game.rules.weights > 0, away, math.inf).argmin())


def _masses(probs: np.ndarray, outcomes: Outcomes) -> Float[np.ndarray, " g"]:
    return np.bincount(outcomes.groups, probs, outcomes.n_groups)


def _rows(probs: np.ndarray, outcomes: Outcomes) -> tuple[np.ndarray, np.ndarray]:
    """Return the rows of the file with mass, and their shares."""
    shares = probs[outcomes.outcome] * outcomes.shares
    inside = shares > 0
    return outcomes.rows[inside], shares[inside]
