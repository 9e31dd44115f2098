"""The exact population map: 4 000 atoms, 4 voters, K = 8, 12 rounds."""

from __future__ import annotations

import numpy as np

from benchmarks.case import Case
from retrain_sim.theory import population_trajectory

NAME = "population map, 4 000 atoms x 4 voters, K = 8, 12 rounds"
RIVAL = "NumPy quadrature"
ATOMS, VOTERS, SLATE, ROUNDS = 4000, 4, 8, 12


def _problem() -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    rng = np.random.default_rng(0)
    rewards = 6 * rng.random((VOTERS, ATOMS))
    return np.full(ATOMS, 1 / ATOMS), rewards, np.full(VOTERS, 1 / VOTERS)


def _numpy_map() -> np.ndarray:
    """Integrate the same trapezoid rule with NumPy, all nodes at once."""
    probs, rewards, weights = _problem()
    z = rewards - rewards.max(axis=1, keepdims=True)
    nodes = np.arange(-40 - np.log(SLATE), np.ptp(rewards) + 5, 0.25)[:, None]
    for _ in range(ROUNDS):
        growth = np.zeros(ATOMS)
        for w, row in zip(weights, z, strict=True):
            s = np.exp(nodes + row)
            laplace = np.exp(-s) @ probs
            growth += w * SLATE * 0.25 * laplace ** (SLATE - 1) @ (s * np.exp(-s))
        probs = probs * growth / (probs @ growth)
    return probs


def case() -> Case:
    """Return both maps, after checking that they agree."""
    problem = _problem()

    def ours() -> np.ndarray:
        return population_trajectory(*problem, SLATE, ROUNDS)[-1]

    def compile_map():
        np.testing.assert_allclose(ours(), _numpy_map(), rtol=1e-8)
        return ours

    return Case(compile_map, _numpy_map)
