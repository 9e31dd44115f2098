"""Diffusion, autoencoder and coupling flow: each learns eight modes in the plane."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from sklearn.datasets import load_digits
from sklearn.linear_model import LogisticRegression
from support import slow

from retrain_sim.data import EightGaussians
from retrain_sim.metrics.sliced_wasserstein import wasserstein_1d
from retrain_sim.models import (
    CouplingFlow,
    Diffusion,
    FlowMatching,
    VariationalAutoencoder,
    neural,
)

KEY = jax.random.key(0)
N = 2000
SMALL = {"batch": 128, "dim": 2, "initial_rate": 5e-3}
MODELS = {
    "coupling-flow": CouplingFlow(hidden=(32, 32), initial_steps=2000, **SMALL),
    "noise": Diffusion(hidden=(64, 64), solver_steps=30, initial_steps=800, **SMALL),
    "velocity": Diffusion(
        hidden=(64, 64),
        solver_steps=30,
        target="velocity",
        schedule="cosine",
        initial_steps=800,
        **SMALL,
    ),
    "vae": VariationalAutoencoder(
        hidden=(64, 64), latent=4, initial_steps=2500, **SMALL
    ),
}


def eight_gaussians(seed):
    return jnp.asarray(EightGaussians(n=N).load(np.random.default_rng(seed)).x)


def distance(x, y):
    """Mean distance along a few lines through the origin."""
    angles = jnp.pi * jnp.arange(8) / 8
    lines = jnp.stack([jnp.cos(angles), jnp.sin(angles)])
    ones = jnp.ones(len(x)), jnp.ones(len(y))
    across = jax.vmap(lambda u: wasserstein_1d(x @ u, y @ u, *ones), in_axes=1)
    return float(across(lines).mean())


@jax.jit
def learned_samples(model, x):
    params = model.init(KEY, x, jnp.ones(len(x)))
    return model.sample(jax.random.key(1), params, N)


@pytest.mark.parametrize(
    "name", [slow(n) if n == "coupling-flow" else n for n in MODELS]
)
def test_a_model_learns_eight_modes(name):
    """Three quarters of the way from a Gaussian to the real-vs-real floor, at least."""
    x = eight_gaussians(0)
    found = learned_samples(MODELS[name], x)
    floor = distance(x, eight_gaussians(1))
    noise = distance(x, x.std() * jax.random.normal(KEY, x.shape))
    assert distance(x, found) - floor < (noise - floor) / 4


@pytest.mark.parametrize(
    ("model", "n", "rows"),
    [
        (Diffusion(), 10_000, 1000),
        (FlowMatching(), 1500, 750),
        (FlowMatching(solver="adaptive"), 10_000, 10_000),
        (Diffusion(), 1009, 1009),
        (Diffusion(network="unet", chunk=7, image_shape=(8, 8)), 10_000, 7),
        (Diffusion(network="unet", image_shape=(8, 8)), 10_000, 64),
        (FlowMatching(network="dit", image_shape=(32, 32, 3)), 10_000, 4),
    ],
)
def test_as_many_rows_are_drawn_at_a_time_as_suit_a_cpu(model, n, rows):
    assert neural.rows_at_once(model, n) == rows


def test_samples_drawn_in_parts_are_those_drawn_at_once(monkeypatch):
    model = Diffusion(hidden=(8,), dim=2, levels=9, solver_steps=3)
    params = model._begin(KEY, jnp.zeros((1, 2)))
    at_once = jax.jit(lambda key: model.sample(key, params, 512))(KEY)
    monkeypatch.setattr(neural, "MOST_ROWS", 256)
    assert neural.rows_at_once(model, 512) == 256
    in_parts = jax.jit(lambda key: model.sample(key, params, 512))(KEY)
    np.testing.assert_allclose(in_parts, at_once, rtol=1e-5, atol=1e-5)


@pytest.mark.slow
def test_an_autoencoder_follows_what_is_kept_only_if_it_starts_afresh():
    """Trained on all digits, then on threes alone: how many of its samples are near."""
    x, label = load_digits(return_X_y=True)
    x = jnp.asarray(x / 8 - 1, jnp.float32)
    threes = x[label == 3]
    model = VariationalAutoencoder(dim=64, initial_steps=6000)
    params = jax.jit(model.init)(KEY, x, jnp.ones(len(x)))
    classify = LogisticRegression(max_iter=1000).fit(x, label).predict

    def share_of_threes(warm):
        refit = jax.jit(model.replace(warm=warm).fit)
        found = refit(KEY, params, threes, jnp.ones(len(threes)))
        return np.mean(classify(model.sample(KEY, found, 1000)) == 3)

    assert not model.warm
    assert share_of_threes(warm=False) > 0.95
    assert share_of_threes(warm=True) < 0.5
