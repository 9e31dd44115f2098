"""EM for a mixture of Gaussians: 64 seeds, 30 steps from the same starts."""

from __future__ import annotations

import warnings

import jax
import jax.numpy as jnp
import numpy as np

from benchmarks.case import Benchmark, Case, scaled
from benchmarks.devices import over_devices
from retrain_sim.models import GaussianMixture
from retrain_sim.models.em import Mixture

SEEDS, SAMPLES, COMPONENTS, STEPS, DIM, FLOOR = 64, 1000, 8, 30, 2, 1e-6


def _problem(scale: float) -> tuple[np.ndarray, np.ndarray]:
    """Return data [seed, n, d] around 8 points of a circle, and rows to start from."""
    rng = np.random.default_rng(0)
    n_seeds, n = scaled(SEEDS, scale), scaled(SAMPLES, scale, 200)
    angles = 2 * np.pi * rng.integers(COMPONENTS, size=(n_seeds, n)) / COMPONENTS
    x = 2 * np.stack([np.cos(angles), np.sin(angles)], axis=2)
    x += 0.5 * rng.normal(size=x.shape)
    return x.astype(np.float32), x[:, :COMPONENTS].astype(np.float32)


def _sklearn_fits(x: np.ndarray, means: np.ndarray) -> np.ndarray:
    """Fit seed after seed; return the means [seed, k, d]."""
    from sklearn.exceptions import ConvergenceWarning
    from sklearn.mixture import GaussianMixture as Rival
    from threadpoolctl import threadpool_limits

    start = {
        "weights_init": np.full(COMPONENTS, 1 / COMPONENTS),
        "precisions_init": np.tile(np.eye(DIM), (COMPONENTS, 1, 1)),
    }

    def fit(data: np.ndarray, means: np.ndarray) -> np.ndarray:
        limits = {"tol": 0, "max_iter": STEPS, "reg_covar": FLOOR}
        model = Rival(COMPONENTS, means_init=means, **start, **limits)
        return model.fit(data).means_

    # One thread: so small matrices are only slowed down by more.
    with threadpool_limits(1), warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        return np.stack([fit(*pair) for pair in zip(x, means, strict=True)])


def _make(scale: float) -> Case:
    x, means = _problem(scale)
    model = GaussianMixture(COMPONENTS, STEPS, floor=FLOOR)
    weights = jnp.full(COMPONENTS, 1 / COMPONENTS)
    covs = jnp.tile(jnp.eye(DIM)[None], (COMPONENTS, 1, 1))

    def one(data, means):
        start = Mixture(weights, means, covs)
        return model.fit(jax.random.key(0), start, data, jnp.ones(len(data))).means

    ours = over_devices(one, jnp.asarray(x), jnp.asarray(means))

    def agree() -> None:
        # Float32 beside float64, over 30 steps that may part slowly.
        gap = np.abs(np.asarray(ours()) - _sklearn_fits(x, means))
        assert np.median(gap) < 1e-5, f"median gap of the means {np.median(gap)}"
        assert gap.max() < 1e-2, f"greatest gap of the means {gap.max()}"

    return Case(ours, lambda: _sklearn_fits(x, means), agree)


BENCHMARKS = [
    Benchmark(
        "mixture",
        "Gaussian mixture, 8 components, n = 1 000, 30 EM steps, 64 seeds",
        "scikit-learn, seed after seed",
        ("scikit-learn",),
        10.0,
        _make,
    )
]
