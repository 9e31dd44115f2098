"""Equally good outcomes inside a camp: nothing balances them."""

from __future__ import annotations

import numpy as np
from jaxtyping import Float
from scipy.stats import binom

from retrain_sim.theory import simulate_counts

OUTCOMES = 20
HARD = 60.0


def diversity(n_kept: int, rounds: int, seeds: int) -> Float[np.ndarray, "s rows"]:
    """Simulate two camps of 20 equal outcomes each, K = inf.

    Returns:
        Chance that two draws from camp 1 differ, by seed and round; 0 without a camp.
    """
    rewards = HARD * np.repeat(np.eye(2), OUTCOMES, axis=1)
    start = np.full(2 * OUTCOMES, 0.5 / OUTCOMES)
    paths = simulate_counts(
        0,
        start,
        rewards,
        [0.5, 0.5],
        np.inf,
        n_kept=n_kept,
        n_rounds=rounds,
        n_seeds=seeds,
    )
    camp = paths[..., :OUTCOMES]
    mass = camp.sum(axis=-1)
    alike = (camp**2).sum(axis=-1) / np.where(mass > 0, mass, 1.0) ** 2
    return np.where(mass > 0, 1 - alike, 0.0)


def law(n_kept: int, rounds: int) -> Float[np.ndarray, " rows"]:
    """Predict the mean diversity inside a camp of weight 1/2, exactly.

    Each round keeps N of the camp, binomial, and multiplies the expected diversity by
    1 - 1/N, by 0 if nothing is kept: about 1 - 1/(a n_kept).
    """
    kept = np.arange(1, n_kept + 1)
    rate = binom.pmf(kept, n_kept, 0.5) @ (1 - 1 / kept)
    return (1 - 1 / OUTCOMES) * rate ** np.arange(rounds + 1)
