"""A Gaussian refitted to its own samples, through the package's own loop."""

from __future__ import annotations

import numpy as np

import retrain_sim as rs
from benchmarks.case import Benchmark, Case, scaled
from retrain_sim.simulate import Simulation

SEEDS, ROUNDS, SAMPLES = 1000, 250, 100


def _numpy_loop(n_seeds: int, n_rounds: int) -> np.ndarray:
    """Refit all seeds at once; return the variance of every round's samples."""
    rng = np.random.default_rng(0)
    x = rng.standard_normal((n_seeds, SAMPLES))
    variance = [x.var(axis=1)]
    for _ in range(n_rounds):
        mean, deviation = x.mean(axis=1), np.sqrt(variance[-1])
        noise = rng.standard_normal((n_seeds, SAMPLES))
        x = mean[:, None] + deviation[:, None] * noise
        variance.append(x.var(axis=1))
    return np.stack(variance, axis=1)


def _make(scale: float) -> Case:
    n_seeds, n_rounds = scaled(SEEDS, scale), scaled(ROUNDS, scale)
    changes = {
        "run.seeds": n_seeds,
        "run.rounds": n_rounds,
        "run.shown": 1,
        "curation.n_kept": SAMPLES,
        "metrics.names": ["spread"],
    }
    simulation = Simulation(rs.prepare(rs.load_spec("gaussian-decay", changes)))

    def ours() -> np.ndarray:
        for program in simulation.programs:
            program.restart()
        return simulation.run().rows["collapse/within_group_spread"]

    return Case(ours, lambda: _numpy_loop(n_seeds, n_rounds))


BENCHMARKS = [
    Benchmark(
        "gaussian-loop",
        "Gaussian refitted to its n = 100 samples, 1 000 seeds, 250 rounds",
        "NumPy, vectorized over seeds",
        ("numpy",),
        2.0,
        _make,
    )
]
