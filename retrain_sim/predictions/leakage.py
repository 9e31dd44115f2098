"""What leaks between the voters in theory: the population value of the metric."""

from __future__ import annotations

import numpy as np
from jaxtyping import Float

from retrain_sim.predictions.saved import Game
from retrain_sim.theory import curation_multiplier, population_trajectory


def leakage_path(game: Game, n_rounds: int) -> Float[np.ndarray, " t"]:
    """Predict the share of kept samples that please another voter more, by round.

        L_t = sum_i w_i sum_x p_t(x) H_i(x) 1[max_j r_j(x) > r_i(x)]

    with p_t from the population map and H_i the growth under voter i alone: voter i
    keeps x with density p_t H_i. Derived here; it is what the metric ``leakage`` tends
    to for large pools and an ideal fit.

    Args:
        game: how the arm curates, from ``saved_game``.
        n_rounds: T >= 1.

    Returns:
        L_0 .. L_{T-1} in [0, 1], of the acts of curation 1 .. T.
    """
    votes = game.rewards, game.weights
    path = population_trajectory(
        game.probs, *votes, game.slate_size, n_rounds - 1, **game.mixing
    )
    leaks = game.rewards.max(axis=0)[None] > game.rewards
    return np.array([_leaked(game, probs, leaks) for probs in path])


def _leaked(game: Game, probs: np.ndarray, leaks: np.ndarray) -> float:
    total = 0.0
    for weight, reward, mask in zip(game.weights, game.rewards, leaks, strict=True):
        growth = curation_multiplier(
            probs, reward[None], [1.0], game.slate_size, game.temperature
        )
        total += weight * float(probs[mask] @ growth[mask])
    return total
