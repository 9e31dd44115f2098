"""Exact optimal-transport couplings of 40 mini-batches of 256 in a plane."""

from __future__ import annotations

import jax
import jax.numpy as jnp
import numpy as np
from scipy.optimize import linear_sum_assignment
from scipy.spatial.distance import cdist

from benchmarks.case import Case
from retrain_sim.data import EightGaussians
from retrain_sim.models.coupling import optimal_transport

NAME = "optimal-transport coupling, 40 batches of 256, eight Gaussians"
RIVAL = "SciPy's assignment"
STEPS, BATCH = 40, 256


def _batches() -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(0)
    data = EightGaussians(n=STEPS * BATCH).load(rng).x.reshape(STEPS, BATCH, -1)
    return rng.standard_normal(data.shape).astype(np.float32), np.asarray(data)


def _rival() -> list[np.ndarray]:
    pairs = zip(*_batches(), strict=True)
    return [
        noise[linear_sum_assignment(cdist(data, noise, "sqeuclidean"))[1]]
        for noise, data in pairs
    ]


def case() -> Case:
    """Return both, one batch after the other, as training needs them."""
    noise, data = (jnp.asarray(array) for array in _batches())

    def work(noise, data):
        return jax.lax.map(lambda pair: optimal_transport(*pair), (noise, data))

    def compile_couplings():
        compiled = jax.jit(work).lower(noise, data).compile()
        return lambda: jax.block_until_ready(compiled(noise, data))

    return Case(compile_couplings, _rival)
