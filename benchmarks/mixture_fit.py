"""EM for 64 mixtures of 8 Gaussians on 1 000 points in a plane: 30 steps each."""

from __future__ import annotations

import warnings

import jax
import jax.numpy as jnp
import numpy as np
from sklearn.exceptions import ConvergenceWarning
from sklearn.mixture import GaussianMixture as Rival

from benchmarks.case import Case
from retrain_sim.models import GaussianMixture
from retrain_sim.models.em import Mixture

NAME = "EM, 8 Gaussians, 1 000 points, 30 steps, 64 seeds"
RIVAL = "scikit-learn, one by one"
SEEDS, N, DIM, COMPONENTS, STEPS = 64, 1000, 2, 8, 30


def _data() -> tuple[np.ndarray, np.ndarray]:
    """Return points ``[seed, n, d]``, and the means that both fits start from."""
    rng = np.random.default_rng(0)
    centers = 3 * rng.standard_normal((SEEDS, COMPONENTS, DIM))
    own = rng.integers(0, COMPONENTS, (SEEDS, N, 1))
    x = np.take_along_axis(centers, own, axis=1) + rng.standard_normal((SEEDS, N, DIM))
    return x.astype(np.float32), x[:, :COMPONENTS].astype(np.float32)


def _rival() -> list[np.ndarray]:
    weights = np.full(COMPONENTS, 1 / COMPONENTS)
    precisions = np.broadcast_to(np.eye(DIM), (COMPONENTS, DIM, DIM))
    found = []
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        for x, means in zip(*_data(), strict=True):
            fit = Rival(
                COMPONENTS,
                max_iter=STEPS,
                tol=0,
                weights_init=weights,
                means_init=means,
                precisions_init=precisions,
                init_params="random_from_data",
            )
            found.append(fit.fit(x.astype(np.float64)).means_)
    return found


def case() -> Case:
    """Return both fits, from the same parameters."""
    x, means = (jnp.asarray(array) for array in _data())
    model, weights = GaussianMixture(COMPONENTS, STEPS), jnp.ones(N)
    covs = jnp.broadcast_to(jnp.eye(DIM), (COMPONENTS, DIM, DIM))

    def fit(x, means):
        start = Mixture(jnp.full(COMPONENTS, 1 / COMPONENTS), means, covs)
        return model.fit(jax.random.key(0), start, x, weights)

    def compile_fit():
        compiled = jax.jit(jax.vmap(fit)).lower(x, means).compile()
        return lambda: jax.block_until_ready(compiled(x, means))

    return Case(compile_fit, _rival)
