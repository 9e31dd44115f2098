"""The coupling flow's density is exact: it integrates to one, and matches the map."""

import jax
import jax.numpy as jnp
import numpy as np
from support import assert_close

from retrain_sim.models import CouplingFlow

KEY = jax.random.key(0)
MODEL = CouplingFlow(hidden=(16,), n_couplings=4, dim=2)


def some_params(model, scale=0.5):
    """Parameters away from the identity, that no training chose."""
    start = model._begin(KEY, jnp.zeros((1, model.dim)))
    leaves, tree = jax.tree.flatten(start)
    keys = jax.random.split(jax.random.key(1), len(leaves))
    moved = [
        leaf + scale * jax.random.normal(key, leaf.shape)
        for leaf, key in zip(leaves, keys, strict=True)
    ]
    return jax.tree.unflatten(tree, moved)


def test_the_density_integrates_to_one():
    """By the midpoint rule on a fine grid; half the volume factor would show."""
    params = some_params(MODEL, 0.3)
    samples = np.asarray(jax.jit(MODEL.sample, static_argnums=2)(KEY, params, 4000))
    center, reach = samples.mean(axis=0), 8 * samples.std(axis=0)
    axes = [np.linspace(c - r, c + r, 801) for c, r in zip(center, reach, strict=True)]
    grid = np.stack(np.meshgrid(*axes, indexing="ij"), axis=-1).reshape(-1, 2)
    logs = jax.jit(MODEL.log_prob)(params, jnp.asarray(grid, jnp.float32))
    cell = (axes[0][1] - axes[0][0]) * (axes[1][1] - axes[1][0])
    total = float(np.exp(np.asarray(logs, np.float64)).sum() * cell)
    assert abs(total - 1) < 2e-3


def test_the_map_is_undone_and_its_volume_is_the_jacobian():
    model, scale = MODEL.replace(dim=5), 0.2
    params, z = some_params(model, scale), jax.random.normal(KEY, (7, 5))
    x, grown = model._map(params, z)
    back, shrunk = model._map(params, x, inverse=True)
    jacobians = jax.vmap(jax.jacobian(lambda z: model._map(params, z[None])[0][0]))(z)
    volumes = np.linalg.slogdet(np.asarray(jacobians, np.float64))[1]
    assert np.abs(volumes).max() > 0.5
    np.testing.assert_allclose(back, z, atol=1e-5)
    np.testing.assert_allclose(grown, volumes, atol=1e-5)
    np.testing.assert_allclose(shrunk, -volumes, atol=1e-5)


def test_a_biased_sampler_has_the_density_of_its_own_law():
    """The base is N(0, lambda I): of a flow without couplings a Gaussian is left."""
    model = MODEL.replace(sampling_bias=np.float32(0.25))
    params = jax.tree.map(jnp.zeros_like, some_params(model))
    x = jnp.asarray([[0.0, 0.0], [1.0, -2.0]])
    expected = -(x**2).sum(axis=1) / 0.5 - jnp.log(2 * jnp.pi * 0.25)
    assert_close(model.log_prob(params, x), expected)


def test_training_ignores_the_sampling_bias():
    x = jax.random.normal(KEY, (64, 2))
    plain = MODEL.replace(initial_steps=5, batch=16)
    biased = plain.replace(sampling_bias=np.float32(0.25))
    ones = jnp.ones(len(x))
    assert_close(plain.init(KEY, x, ones), biased.init(KEY, x, ones))
