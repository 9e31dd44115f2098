"""The exact population map: 4 000 atoms, 4 voters, K = 8, 12 rounds."""

from __future__ import annotations

import numpy as np

from benchmarks.case import Benchmark, Case, scaled
from retrain_sim.theory import population_trajectory

ATOMS, VOTERS, SLATE, ROUNDS = 4000, 4, 8, 12


def _problem(n: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    rng = np.random.default_rng(0)
    rewards = 6 * rng.random((VOTERS, n))
    return np.full(n, 1 / n), rewards, np.full(VOTERS, 1 / VOTERS)


def _numpy_map(n: int) -> np.ndarray:
    """Integrate the same trapezoid rule with NumPy, all nodes at once."""
    probs, rewards, weights = _problem(n)
    z = rewards - rewards.max(axis=1, keepdims=True)
    nodes = np.arange(-40 - np.log(SLATE), np.ptp(rewards) + 5, 0.25)[:, None]
    for _ in range(ROUNDS):
        growth = np.zeros(n)
        for w, row in zip(weights, z, strict=True):
            s = np.exp(nodes + row)
            laplace = np.exp(-s) @ probs
            growth += w * SLATE * 0.25 * laplace ** (SLATE - 1) @ (s * np.exp(-s))
        probs = probs * growth / (probs @ growth)
    return probs


def _make(scale: float) -> Case:
    n = scaled(ATOMS, scale)
    problem = _problem(n)

    def ours() -> np.ndarray:
        return population_trajectory(*problem, SLATE, ROUNDS)[-1]

    def agree() -> None:
        np.testing.assert_allclose(ours(), _numpy_map(n), rtol=1e-8)

    ours()  # compiles
    return Case(ours, lambda: _numpy_map(n), agree)


BENCHMARKS = [
    Benchmark(
        "finite-k-map",
        "map at K = 8, 4 000 atoms, 4 voters, 12 rounds",
        "NumPy, the same quadrature",
        ("numpy",),
        None,
        _make,
    )
]
