"""The curated loop on a few letters: 32 seeds, 60 rounds, K = 8, 5 000 kept."""

from __future__ import annotations

import numpy as np

import retrain_sim as rs
from benchmarks.case import Case
from retrain_sim.simulate import Simulation

NAME = "K-choice loop, 2 letters, 32 seeds x 60 rounds"
RIVAL = "vectorized NumPy"
SEEDS, ROUNDS, KEPT, SLATE = 32, 60, 5000, 8


def _numpy_loop() -> np.ndarray:
    """Do the same with NumPy, vectorized over seeds (slates with replacement)."""
    rng = np.random.default_rng(0)
    share = np.full(SEEDS, 0.5)
    rewards = np.array([[10.0, 0.0], [0.0, 10.0]])
    for _ in range(ROUNDS):
        pool = (rng.random((SEEDS, KEPT)) >= share[:, None]).astype(int)
        slots = rng.integers(KEPT, size=(SEEDS, KEPT * SLATE))
        slates = np.take_along_axis(pool, slots, axis=1).reshape(SEEDS, KEPT, SLATE)
        voter = (rng.random((SEEDS, KEPT)) >= 0.3).astype(int)
        utility = rewards[voter[..., None], slates]
        pick = (utility + rng.gumbel(size=utility.shape)).argmax(axis=2)
        kept = np.take_along_axis(slates, pick[..., None], axis=2)
        share = 1 - kept.mean(axis=(1, 2))
    return share


def case() -> Case:
    """Return both loops."""
    changes = {
        "run.seeds": SEEDS,
        "run.rounds": ROUNDS,
        "curation.n_kept": KEPT,
        "curation.n_candidates": KEPT,
    }
    spec = rs.load_spec("two-tribes", changes)
    prepared = rs.prepare(spec)
    only = prepared._replace(arms={"K = 8": prepared.arms["K = 8"]})

    def compile_loop():
        simulation = Simulation(only)

        def run():
            for program in simulation.programs:
                program.restart()
            return simulation.run()

        return run

    return Case(compile_loop, _numpy_loop)
