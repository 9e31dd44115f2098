"""The curated loop on a few letters: 32 seeds, 60 rounds, K = 8, 5 000 kept."""

from __future__ import annotations

import numpy as np

import retrain_sim as rs
from benchmarks.case import Benchmark, Case, scaled
from retrain_sim.simulate import Simulation

SEEDS, ROUNDS, KEPT, SLATE = 32, 60, 5000, 8


def _numpy_loop(n_rounds: int) -> np.ndarray:
    """Do the same with NumPy, vectorized over seeds (slates with replacement)."""
    rng = np.random.default_rng(0)
    share = np.full(SEEDS, 0.5)
    rewards = np.array([[10.0, 0.0], [0.0, 10.0]])
    for _ in range(n_rounds):
        pool = (rng.random((SEEDS, KEPT)) >= share[:, None]).astype(int)
        slots = rng.integers(KEPT, size=(SEEDS, KEPT * SLATE))
        slates = np.take_along_axis(pool, slots, axis=1).reshape(SEEDS, KEPT, SLATE)
        voter = (rng.random((SEEDS, KEPT)) >= 0.3).astype(int)
        utility = rewards[voter[..., None], slates]
        pick = (utility + rng.gumbel(size=utility.shape)).argmax(axis=2)
        kept = np.take_along_axis(slates, pick[..., None], axis=2)
        share = 1 - kept.mean(axis=(1, 2))
    return share


def _make(scale: float) -> Case:
    n_rounds = scaled(ROUNDS, scale)
    changes = {
        "run.seeds": SEEDS,
        "run.rounds": n_rounds,
        "curation.n_kept": KEPT,
        "curation.n_candidates": KEPT,
    }
    prepared = rs.prepare(rs.load_spec("two-tribes", changes))
    only = prepared._replace(arms={"K = 8": prepared.arms["K = 8"]})
    simulation = Simulation(only)

    def ours() -> object:
        for program in simulation.programs:
            program.restart()
        return simulation.run()

    return Case(ours, lambda: _numpy_loop(n_rounds))


BENCHMARKS = [
    Benchmark(
        "curated-loop",
        "K-choice loop on 2 letters, K = 8, 5 000 kept, 32 seeds, 60 rounds",
        "NumPy, vectorized over seeds",
        ("numpy",),
        None,
        _make,
    )
]
