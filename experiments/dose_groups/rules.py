"""Doses by class, from how far each class's generator seems to be off."""

from __future__ import annotations

import numpy as np
from jaxtyping import Float

from experiments.dose_choice.classes import CLASSES, RATIOS, N, errors_by_class, world
from retrain_sim.dose.advice.folds import PENALTIES, held_out_losses
from retrain_sim.dose.advice.pair import Pair
from retrain_sim.dose.advice.plug_in import plug_in

OFF = np.array([0.0, 0.0, 0.0, 0.0, 0.5, 1.0, 4.0, 6.0, 8.0, 8.0])
"""Distance of every class's generated mean: four perfect, four useless."""

RULES = ("none", "1:1", "all 16", "law, by class", "K-fold, by class", "true distance")
PENALTY = PENALTIES.index(0.1)


def errors(seed: int) -> Float[np.ndarray, "rules classes"]:
    """Return test errors by class under every rule, at one ridge penalty."""
    pair, test = world(OFF, seed, grouped=True)
    own = N / CLASSES
    counts = own * np.stack([
        np.zeros(CLASSES),
        np.ones(CLASSES),
        np.full(CLASSES, RATIOS[-1]),
        _law(pair, seed),
        _folds(pair, seed),
        np.where(OFF <= 1.0, RATIOS[-1], 0.0),
    ])  # fmt: skip
    return errors_by_class(pair, test, counts, np.full(len(RULES), PENALTY))


def _law(pair: Pair, seed: int) -> Float[np.ndarray, " classes"]:
    """Ask the law for every class, at its own estimated distance."""
    found = [plug_in(pair, c, "sliced", seed) for c in range(CLASSES)]
    return np.array([min(one.ratio, RATIOS[-1]) if one else 0.0 for one in found])


def _folds(pair: Pair, seed: int) -> Float[np.ndarray, " classes"]:
    """Validate the doses of every class, with no dose of the others."""
    chosen = []
    for c in range(CLASSES):
        loss = held_out_losses(pair, c, RATIOS, 5, 1, seed).values.mean(axis=0)
        chosen.append(RATIOS[loss[:, PENALTY].argmin()])
    return np.array(chosen)
