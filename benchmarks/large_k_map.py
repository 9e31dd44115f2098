"""The large-K map of two quadratic rewards on a grid, for many (q, D)."""

from __future__ import annotations

import math

import jax
import jax.numpy as jnp
import numpy as np

from benchmarks.case import Benchmark, Case, scaled
from benchmarks.devices import over_devices
from retrain_sim.theory import core

CELLS, ROUNDS = 4001, 300
SHARES, DISTANCES = np.linspace(0.15, 0.85, 8), np.array([1.0, 2.0, 3.0, 4.0])


def _problem(scale: float) -> tuple[np.ndarray, np.ndarray, np.ndarray, int]:
    """Return the grid, p_0, all settings (q, D) and the number of rounds."""
    x = np.linspace(-12, 12, scaled(CELLS, scale, 101))
    probs = np.exp(-(x**2) / 2)
    pairs = [(q, d) for d in DISTANCES for q in SHARES]
    return x, probs / probs.sum(), np.array(pairs), scaled(ROUNDS, scale)


def _numpy_maps(scale: float) -> np.ndarray:
    """Iterate setting after setting; the exponentials are taken once each."""
    x, start, settings, n_rounds = _problem(scale)
    found = []
    for q, distance in settings:
        peaks = np.array([[-distance / 2], [distance / 2]])
        utility, weights = np.exp(-((x - peaks) ** 2)), np.array([q, 1 - q])
        probs = start
        for _ in range(n_rounds):
            probs = probs * ((weights / (utility @ probs)) @ utility)
            probs = probs / probs.sum()
        found.append(probs)
    return np.stack(found)


def _make(scale: float) -> Case:
    x, start, settings, n_rounds = _problem(scale)

    def one(setting):
        q, distance = setting
        x_row, probs = jnp.asarray(x)[None], jnp.asarray(start)
        peaks = jnp.stack([-distance / 2, distance / 2])[:, None]
        z = core.scaled_rewards(-((x_row - peaks) ** 2), 1.0, probs > 0)
        weights = jnp.stack([q, 1 - q])
        return core.final_probs(probs, z, weights, math.inf, None, n_rounds)[0]

    with jax.enable_x64(True):
        ours = over_devices(one, jnp.asarray(settings))

    def agree() -> None:
        theirs = _numpy_maps(scale)
        np.testing.assert_allclose(np.asarray(ours()), theirs, rtol=0, atol=1e-10)

    return Case(ours, lambda: _numpy_maps(scale), agree)


BENCHMARKS = [
    Benchmark(
        "large-k-map",
        "map at K = inf, two quadratic rewards, 4 001 cells, 300 rounds, 32 (q, D)",
        "NumPy, exponentials hoisted, looped over settings",
        ("numpy",),
        4.0,
        _make,
    )
]
