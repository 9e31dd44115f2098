"""Convolutions and group normalization beside flax's: values, gradients, loops."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from flax import linen as nn

from retrain_sim.models.convolution import Conv, ConvTranspose
from retrain_sim.models.fields.group_norm import GroupNorm

KEY = jax.random.key(0)
PAIRS = {
    "3x3": (Conv(3), nn.Conv(3, (3, 3))),
    "3x3, halved": (Conv(3, 3, 2), nn.Conv(3, (3, 3), 2)),
    "1x1": (Conv(3, 1), nn.Conv(3, (1, 1))),
    "doubled": (ConvTranspose(3), nn.ConvTranspose(3, (4, 4), (2, 2))),
    "norm": (GroupNorm(2), nn.GroupNorm(2)),
}


def image():
    return 1 + jax.random.normal(KEY, (2, 8, 6, 4))


def value_and_gradients(module, params, x):
    """Return what a module makes of x, and the gradients of an odd sum of it."""

    def total(params, x):
        found = module.apply(params, x)
        return jnp.sum(jnp.sin(found) * jnp.arange(found.size).reshape(found.shape))

    return module.apply(params, x), jax.grad(total, (0, 1))(params, x)


@pytest.mark.parametrize("name", PAIRS)
def test_values_and_gradients_are_flax_s_from_the_same_parameters(name):
    ours, theirs = PAIRS[name]
    params = jax.jit(theirs.init)(KEY, image())
    begun = jax.jit(ours.init)(KEY, image())
    jax.tree.map(np.testing.assert_array_equal, begun, params)
    params = jax.tree.map(lambda p: p + 0.3, params)
    found, expected = (
        jax.jit(value_and_gradients, static_argnums=0)(module, params, image())
        for module in PAIRS[name]
    )
    for a, b in zip(jax.tree.leaves(found), jax.tree.leaves(expected), strict=True):
        np.testing.assert_allclose(a, b, atol=1e-5 * float(jnp.abs(b).max()))


def test_in_a_loop_gradients_are_made_by_the_library():
    """Plain loops would carry the name of the compiler's own convolution."""

    def descend(params, x):
        def step(_, params):
            loss = lambda params: jnp.sum(Conv(8).apply(params, x) ** 2)  # noqa: E731
            return jax.tree.map(lambda p, g: p - g, params, jax.grad(loss)(params))

        return jax.lax.fori_loop(0, 3, step, params)

    x = jnp.ones((4, 16, 16, 8))
    program = jax.jit(descend).lower(Conv(8).init(KEY, x), x).compile().as_text()
    forms = {
        line.split("dim_labels=")[1][:14]
        for line in program.splitlines()
        if " convolution(" in line
    }
    assert forms == {"b01f_01io->b01"}


def test_half_precision_reaches_results_and_gradients():
    params = Conv(3).init(KEY, image())
    evaluate = jax.jit(value_and_gradients, static_argnums=0)
    found, (gradients, _) = evaluate(Conv(3, dtype=jnp.bfloat16), params, image())
    exact, (expected, _) = evaluate(Conv(3), params, image())
    assert found.dtype == jnp.bfloat16
    assert float(jnp.abs(found - exact).max() / jnp.abs(exact).max()) < 0.02
    dtypes = jax.tree.map(lambda leaf: leaf.dtype, (gradients, expected))
    assert dtypes[0] == dtypes[1]


def test_seeds_are_mapped():
    keys, x = jax.random.split(KEY, 2), image()

    def gradient(key):
        params = Conv(3, stride=2).init(key, x)
        return jax.grad(lambda p: jnp.sum(Conv(3, stride=2).apply(p, x) ** 2))(params)

    together = jax.jit(jax.vmap(gradient))(keys)
    for i, key in enumerate(keys):
        alone = jax.jit(gradient)(key)
        jax.tree.map(
            lambda a, b, i=i: np.testing.assert_allclose(a[i], b, rtol=1e-4, atol=1e-4),
            together,
            alone,
        )
