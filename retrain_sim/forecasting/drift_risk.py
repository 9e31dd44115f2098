"""The risk that chance loses a group: rounds with finitely many kept samples."""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from typing import NamedTuple

import numpy as np
from jaxtyping import Bool, Float

from retrain_sim.forecasting.game import Game
from retrain_sim.forecasting.outcomes import Outcomes

SEEDS, LEAST_SEEDS = 200, 40
EFFORT = 2e7  # outcomes alive in round 1, over all seeds
SHRUNK = 0.4  # of the outcomes alive: time to prepare a smaller game


class DriftRisk(NamedTuple):
    """Losses within T rounds.

    Attributes:
        loss_probability: of every group ``[g]``.
        error: their standard errors over seeds ``[g]``.
        n_seeds: simulations; 0 where real data bring every group back.
    """

    loss_probability: Float[np.ndarray, " g"]
    error: Float[np.ndarray, " g"]
    n_seeds: int


def drift_risk(
    game: Game, outcomes: Outcomes, n_kept: int, n_rounds: int, seed: int
) -> DriftRisk:
    """Simulate rounds that keep few samples, over 200 seeds, fewer if many are kept.

        p_{t+1} = counts / n_kept,  counts ~ Multinomial(n_kept, p_t W_t)

    A group is lost when no sample of it is kept: without real data it stays so. What is
    lost takes no further part, so that a million outcomes cost little more than the
    samples kept.

    Args:
        game: the pool's outcomes under rules.
        outcomes: the same outcomes.
        n_kept: samples kept per round.
        n_rounds: T.
        seed: of the simulation.

    References:
        S. Wright, "Evolution in Mendelian Populations", Genetics 1931 (drift).
    """
    there = np.bincount(outcomes.groups, minlength=outcomes.n_groups) > 0
    if game.rules.real_share > 0:
        return DriftRisk((~there).astype(float), np.zeros(there.size), 0)
    alive = min(n_kept, game.start.size)
    n_seeds = int(np.clip(EFFORT / alive, LEAST_SEEDS, SEEDS))
    law = game.step(game.start)

    def lost(i: int) -> Bool[np.ndarray, " g"]:
        rng = np.random.default_rng((seed, i))
        return ~_groups_left(rng, game, outcomes, law, n_kept, n_rounds)

    with ThreadPoolExecutor(os.cpu_count()) as workers:
        losses = np.array(list(workers.map(lost, range(n_seeds))))
    share = losses.mean(axis=0)
    # Agresti and Coull: no error of 0 where nothing or everything was lost.
    likely = (share * n_seeds + 2) / (n_seeds + 4)
    return DriftRisk(share, np.sqrt(likely * (1 - likely) / (n_seeds + 4)), n_seeds)


def _groups_left(
    rng: np.random.Generator,
    game: Game,
    outcomes: Outcomes,
    law: Float[np.ndarray, " a"],
    n_kept: int,
    n_rounds: int,
) -> Bool[np.ndarray, " g"]:
    """Simulate one seed from the law of its first round; tell which groups are left."""
    groups, small = outcomes.groups, game
    for t in range(n_rounds):
        probs = rng.multinomial(n_kept, law) / n_kept
        alive = probs > 0
        if alive.mean() < SHRUNK:
            groups, probs = groups[alive], probs[alive]
            small = small.only(alive)
        if t == n_rounds - 1 or len(np.unique(groups[probs > 0])) == 1:
            break
        law = small.step(probs)
    return np.bincount(groups, probs, outcomes.n_groups) > 0
