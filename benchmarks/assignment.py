"""Exact optimal-transport couplings of 40 mini-batches of 256 in a plane."""

from __future__ import annotations

import jax
import jax.numpy as jnp
import numpy as np
from scipy.optimize import linear_sum_assignment
from scipy.spatial.distance import cdist

from benchmarks.case import Benchmark, Case, scaled
from retrain_sim.data import EightGaussians
from retrain_sim.models.coupling import optimal_transport

STEPS, BATCH = 40, 256


def _batches(scale: float) -> tuple[np.ndarray, np.ndarray]:
    rng, n = np.random.default_rng(0), scaled(STEPS, scale)
    data = EightGaussians(n=n * BATCH).load(rng).x.reshape(n, BATCH, -1)
    return rng.standard_normal(data.shape).astype(np.float32), np.asarray(data)


def _scipy(noise: np.ndarray, data: np.ndarray) -> np.ndarray:
    """Couple batch after batch, as training needs them; return the noise, sorted."""
    costs = (cdist(x, z, "sqeuclidean") for z, x in zip(noise, data, strict=True))
    order = [linear_sum_assignment(cost)[1] for cost in costs]
    return np.stack([z[at] for z, at in zip(noise, order, strict=True)])


def _make(scale: float) -> Case:
    noise, data = _batches(scale)

    def work(noise, data):
        return jax.lax.map(lambda pair: optimal_transport(*pair), (noise, data))

    pair = (jnp.asarray(noise), jnp.asarray(data))
    compiled = jax.jit(work).lower(*pair).compile()

    def ours() -> jax.Array:
        return jax.block_until_ready(compiled(*pair))

    def agree() -> None:
        """Compare the costs: where two couplings tie, either is right."""
        mine, his = (
            ((np.asarray(x) - data) ** 2).sum() for x in (ours(), _scipy(noise, data))
        )
        np.testing.assert_allclose(mine, his, rtol=1e-5)

    return Case(ours, lambda: _scipy(noise, data), agree)


BENCHMARKS = [
    Benchmark(
        "coupling",
        "optimal-transport coupling, 40 batches of 256, eight Gaussians",
        "SciPy's assignment",
        ("scipy",),
        1.5,
        _make,
        memory=True,
    )
]
