"""Choosing a dose for a mean: the law's own task."""

from __future__ import annotations

import numpy as np
from jaxtyping import Float

from retrain_sim.dose.distances import resolve
from retrain_sim.dose.distances.kinds import KINDS
from retrain_sim.dose.laws import best_mean_ratio, mean_task

N, DIM = 20, 3
DISTANCES = (0.0, 0.3, 0.6, 1.2, 2.4)
RATIOS = np.array([0.0, 0.25, 0.5, 1.0, 2.0, 4.0, 8.0, 16.0])
FOLDS, DRAWS = 5, 8
RULES = ("1:1", "1:2", "law, sliced W2", "K-fold")
"""What chooses; 1:2 is two synthetic points per real point."""


def regrets(distance: float, n_runs: int, seed: int) -> Float[np.ndarray, "rules s"]:
    """Return risk(chosen) - risk(best ratio), in units of the real-only risk.

    Args:
        distance: D, of the two means.
        n_runs: samples of 20 real and 320 synthetic points in three dimensions.
        seed: of the samples.
    """
    task = mean_task(N, distance, DIM)
    best = task.risk([*RATIOS, min(best_mean_ratio(task), RATIOS[-1])]).min()
    rng = np.random.default_rng(seed)
    rows = []
    for run in range(n_runs):
        real, made = rng.normal(size=(N, DIM)), rng.normal(size=(16 * N, DIM))
        made[:, 0] += distance
        chosen = [1.0, 2.0, _law(real, made, run), _folds(rng, real, made)]
        rows.append(task.risk(chosen) - best)
    return np.array(rows).T / task.real_error


def _law(real: np.ndarray, made: np.ndarray, seed: int) -> float:
    """Ask the law, at the estimated distance and variances."""
    found = resolve(real, made, "sliced", draws=DRAWS, seed=seed)
    gap2 = KINDS["sliced"].gap2(found.gap2, DIM)
    spreads = (float(z.var(axis=0, ddof=1).sum()) for z in (real, made))
    task = mean_task(N, float(np.sqrt(max(gap2, 0.0))), *spreads)
    return min(best_mean_ratio(task), RATIOS[-1])


def _folds(rng: np.random.Generator, real: np.ndarray, made: np.ndarray) -> float:
    """Choose the ratio whose pooled mean predicts held-out real points best."""
    fold = rng.permutation(N) % FOLDS
    loss = np.zeros(RATIOS.size)
    for held in range(FOLDS):
        train, test = real[fold != held], real[fold == held]
        for i, ratio in enumerate(RATIOS):
            some = made[: round(ratio * len(train))]
            mean = np.concatenate([train, some]).mean(axis=0)
            loss[i] += ((test - mean) ** 2).sum()
    return float(RATIOS[loss.argmin()])
