"""Networks on images: sizes, shapes, what they begin as, and that they learn."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from support import assert_close, slow, spec_of

from retrain_sim import prepare
from retrain_sim.errors import UserError
from retrain_sim.models import FlowMatching, VariationalAutoencoder
from retrain_sim.models.fields import IMAGE_NETWORKS, field_of
from retrain_sim.models.fields.transformer import (
    Transformer,
    TransformerSize,
    _images,
    _patches,
)
from retrain_sim.models.fields.unet import UNet, UNetSize
from retrain_sim.models.neural import in_chunks
from retrain_sim.models.training import train

KEY = jax.random.key(0)
SMALLEST = {
    "dit": Transformer((4, 4, 3), TransformerSize(32, 1)),
    "unet": UNet((8, 8, 3), UNetSize(4, (1, 2), 1, 4)),
}
NETWORKS = pytest.mark.parametrize("network", SMALLEST)


def field(network, precision="float32"):
    return SMALLEST[network].clone(precision=precision)


def inputs(network, n=3):
    dim = int(np.prod(SMALLEST[network].image_shape))
    x = jax.random.normal(KEY, (n, dim))
    return x, jnp.linspace(0, 1, n)[:, None]


def moved(network, x, t):
    """Make parameters away from where the last layers are zero."""
    params = jax.eval_shape(field(network).init, KEY, x, t)
    rng = np.random.default_rng(0)
    return jax.tree.map(lambda p: 0.2 * rng.normal(size=p.shape).astype("f"), params)


def count(network, size, shape):
    model = FlowMatching(network=network, size=size, image_shape=shape)
    x, t = jnp.zeros((1, int(np.prod(shape)))), jnp.zeros((1, 1))
    params = jax.eval_shape(field_of(model).init, KEY, x, t)
    return sum(leaf.size for leaf in jax.tree.leaves(params))


@pytest.mark.parametrize("network", IMAGE_NETWORKS)
def test_sizes_are_what_their_names_promise(network):
    """Of 32x32 color images; the U-Net of size base is torchcfm's for CIFAR-10."""
    for size, promised in (("tiny", 0.3e6), ("small", 1e6), ("base", 35e6)):
        found = count(network, size, (32, 32, 3))
        assert 0.8 * promised < found < 1.2 * promised, (network, size, found)
    if network == "unet":
        assert count(network, "base", (32, 32, 3)) == 35_713_539


@NETWORKS
def test_a_network_begins_at_zero_and_keeps_the_shape(network):
    x, t = inputs(network)
    found = jax.jit(lambda x, t: field(network).init_with_output(KEY, x, t)[0])(x, t)
    assert_close(found, jnp.zeros_like(x))


@NETWORKS
def test_images_are_mapped_one_by_one_and_at_their_own_time(network):
    x, t = inputs(network)
    params = moved(network, x, t)
    apply = jax.jit(field(network).apply)
    found = apply(params, x, t)
    backwards = apply(params, x[::-1], t[::-1])
    np.testing.assert_allclose(found, backwards[::-1], atol=1e-4)
    other = apply(params, x.at[0].set(0), t)
    np.testing.assert_allclose(found[1:], other[1:], atol=1e-4)
    assert float(jnp.abs(found - apply(params, x, t[::-1])).max()) > 1e-3


@NETWORKS
def test_bfloat16_is_float32_up_to_its_rounding(network):
    x, t = inputs(network)
    params = moved(network, x, t)
    exact = jax.jit(field(network).apply)(params, x, t)
    rough = jax.jit(field(network, "bfloat16").apply)(params, x, t)
    assert rough.dtype == jnp.float32
    error = float(jnp.abs(rough - exact).max() / jnp.abs(exact).max())
    assert 1e-5 < error < 0.1


def test_patches_are_put_together_again():
    x = jnp.arange(2.0 * 8 * 4 * 3).reshape(2, -1)
    tokens = _patches(x, (8, 4, 3), 4)
    assert tokens.shape == (2, 2, 48)
    np.testing.assert_array_equal(_images(tokens, (8, 4, 3), 4), x)
    corner = x.reshape(2, 8, 4, 3)[:, :4, :4].reshape(2, -1)
    np.testing.assert_array_equal(tokens[:, 0], corner)


@pytest.mark.parametrize("network", ["dit", slow("unet")])
def test_a_flow_learns_which_half_is_bright(network, monkeypatch):
    """Images bright above or below, never both: p(x) has two modes far apart."""
    module = type(SMALLEST[network])
    size = {"dit": TransformerSize(32, 2), "unet": UNetSize(8, (1, 2), 1, 0)}[network]
    monkeypatch.setitem(IMAGE_NETWORKS, network, (module, {"tiny": size}))
    half = jnp.repeat(jnp.asarray([1.0, -1.0]), 8)[None]
    x = jnp.concatenate([half, -half] * 20)
    model = FlowMatching(
        network=network,
        size="tiny",
        initial_steps=500,
        initial_rate=3e-3,
        batch=32,
        solver="euler",
        solver_steps=10,
        chunk=64,
        image_shape=(4, 4),
        dim=16,
    )
    params = jax.jit(model.init)(KEY, x, jnp.ones(len(x)))
    found = jax.jit(model.sample, static_argnums=2)(KEY, params, 100)
    error = jnp.minimum(((found - half) ** 2).mean(1), ((found + half) ** 2).mean(1))
    assert float(error.mean()) < 0.1
    assert 20 < int((found[:, 0] > 0).sum()) < 80


def test_chunks_change_nothing():
    x = jnp.arange(14.0).reshape(7, 2)
    for size in (1, 3, 7, 100):
        found = in_chunks(lambda x: jnp.cumsum(x, axis=1), x, size)
        np.testing.assert_array_equal(found, jnp.cumsum(x, axis=1))


@pytest.mark.parametrize(
    ("data", "model", "message"),
    [
        (
            "two-moons",
            {"kind": "flow-matching", "network": "unet"},
            "unet needs images",
        ),
        ("two-moons", {"kind": "diffusion", "network": "dit"}, "dit needs images"),
        ("two-moons", {"kind": "vae", "network": "conv"}, "conv needs images"),
        ("two-moons", {"kind": "vae", "likelihood": "bernoulli"}, "values in"),
        ("digits", {"kind": "vae", "network": "conv", "hidden": [8] * 4}, "halved 4"),
        ("digits", {"kind": "diffusion", "network": "cnn"}, "unknown 'cnn'; allowed"),
        ("digits", {"kind": "flow-matching", "size": "huge"}, "allowed: tiny, small"),
        ("digits", {"kind": "flow-matching", "average": 1.0}, r"must be in \[0, 1\)"),
        ("digits", {"kind": "flow-matching", "precision": "int8"}, "unknown 'int8'"),
        ("digits", {"kind": "diffusion", "solver_steps": 2000}, "only 1000 levels"),
        ("gaussian", {"kind": "coupling-flow"}, "needs 2 coordinates or more"),
    ],
)
def test_what_does_not_fit_is_refused(data, model, message):
    changes = {"data": {"kind": data}, "model": model}
    with pytest.raises(UserError, match=message):
        prepare(spec_of("digits", **changes))


@pytest.mark.parametrize(("average", "kept"), [(0.99, 0.1), (0.05, 0.05)])
def test_the_average_forgets_faster_in_the_first_step(average, kept):
    """A decay of (1 + i) / (10 + i) at step i, and the one asked for at most."""

    def loss(key, params):
        return (params**2).sum()

    start = jnp.asarray([1.0, -2.0, 3.0])
    last = train(KEY, start, loss, 1, 0.1)
    found = train(KEY, start, loss, 1, 0.1, average=average)
    assert_close(found, kept * start + (1 - kept) * last)


@pytest.mark.parametrize("likelihood", ["bernoulli", "gaussian"])
@pytest.mark.parametrize("network", ["conv", "mlp"])
def test_an_autoencoder_of_images(network, likelihood):
    x = jnp.sign(jax.random.normal(KEY, (40, 64)))
    model = VariationalAutoencoder(
        network=network,
        likelihood=likelihood,
        hidden=(4, 8),
        latent=2,
        initial_steps=3,
        batch=8,
        image_shape=(8, 8),
        dim=64,
    )
    params = jax.jit(model.init)(KEY, x, jnp.ones(len(x)))
    for output in ("mean", "sample"):
        found = model.replace(output=output).sample(KEY, params, 30)
        assert found.shape == (30, 64)
        values = set(np.unique(found))
        assert np.isfinite(found).all()
        assert (values <= {-1.0, 1.0}) == (
            (likelihood, output) == ("bernoulli", "sample")
        )
