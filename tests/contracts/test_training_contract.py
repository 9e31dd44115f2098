"""Every network: weighted data, warm and cold starts, an average, two precisions."""

import functools
import re

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from component_cases import ENDING, G
from support import assert_close

from retrain_sim.models import (
    KINDS,
    CouplingFlow,
    Diffusion,
    FlowMatching,
    LanguageModel,
    VariationalAutoencoder,
)
from retrain_sim.models.fields import IMAGE_NETWORKS
from retrain_sim.models.fields.transformer import TransformerSize
from retrain_sim.models.fields.unet import UNetSize
from retrain_sim.models.neural import Neural

KEY = jax.random.key(0)
IMAGES = jax.random.normal(jax.random.key(1), (6, 16))
FEW = {"initial_steps": 2, "steps": 1, "batch": 16}
ON_IMAGES = FEW | {"size": "tiny", "image_shape": (4, 4), "dim": 16}
ON_VECTORS = FEW | {"hidden": (8,), "dim": 16}
TOKENS = ENDING[:6]
CASES = {
    "flow-mlp": FlowMatching(**ON_VECTORS),
    "flow-unet": FlowMatching(network="unet", **ON_IMAGES),
    "flow-dit": FlowMatching(network="dit", **ON_IMAGES),
    "diffusion-mlp": Diffusion(levels=5, solver_steps=2, **ON_VECTORS),
    "vae-mlp": VariationalAutoencoder(latent=2, **ON_VECTORS),
    "vae-conv": VariationalAutoencoder(
        network="conv", latent=2, image_shape=(4, 4), **ON_VECTORS
    ),
    "coupling-flow": CouplingFlow(n_couplings=2, **ON_VECTORS),
    "decoder": LanguageModel(
        layers=1, heads=2, width=8, size=G, length=5, ends=True, **FEW
    ),
}
SMALLEST = {
    "unet": UNetSize(4, (1,), 1, 0),
    "dit": TransformerSize(32, 1),
}
NAMES = pytest.mark.parametrize("name", CASES)
TRAINED = pytest.mark.parametrize(
    "name", ["flow-mlp", "diffusion-mlp", "vae-mlp", "coupling-flow", "decoder"]
)
"""One of every class, the cheapest: its networks are trained by the same lines."""

COLD = {"warm": False, "precision": "bfloat16"}


@pytest.fixture(autouse=True)
def smallest(monkeypatch):
    """Shrink the image networks: the options are those of the large ones."""
    for network, size in SMALLEST.items():
        module, _ = IMAGE_NETWORKS[network]
        monkeypatch.setitem(IMAGE_NETWORKS, network, (module, {"tiny": size}))


@jax.jit
def fit(model, params, x, weights):
    return model.fit(KEY, params, x, weights)


def data_of(name):
    return TOKENS if name == "decoder" else IMAGES


@functools.cache
def started(name, seed):
    """Make parameters without compiling an initialization."""
    model, x = CASES[name], data_of(name)
    shapes = jax.eval_shape(model.init, KEY, x, jnp.ones(len(x)))
    rng = np.random.default_rng(seed)
    return jax.tree.map(
        lambda leaf: jnp.asarray(0.2 * rng.normal(size=leaf.shape), leaf.dtype), shapes
    )


def refit(name, seed=0, **settings):
    x = data_of(name)
    return fit(
        CASES[name].replace(**settings), started(name, seed), x, jnp.ones(len(x))
    )


def differs(found, other):
    pairs = zip(jax.tree.leaves(found), jax.tree.leaves(other), strict=True)
    return any(not np.array_equal(a, b) for a, b in pairs)


def test_every_trained_kind_is_here():
    trained = {cls for cls in KINDS.values() if issubclass(cls, Neural)}
    assert trained | {LanguageModel} == {type(model) for model in CASES.values()}


@TRAINED
def test_a_weight_of_two_is_the_row_twice(name):
    """Mini-batches are drawn from the cumulative weights: the same rows come up.

    Two optimizer steps, for the first of Adam knows but the signs of a gradient.
    """
    x, start, model = data_of(name), started(name, 0), CASES[name].replace(**COLD)
    twice = fit(model, start, x[jnp.array([0, 1, 1, 2, 3, 4])], jnp.ones(6))
    weights = jnp.array([1.0, 2.0, 0.0, 1.0, 1.0, 1.0])
    rows = x[jnp.array([0, 1, 5, 2, 3, 4])]
    assert_close(fit(model, start, rows, weights), twice)
    assert differs(fit(model, start, rows, jnp.ones(6)), twice)


@TRAINED
def test_a_warm_start_goes_on_and_a_cold_one_forgets(name):
    assert differs(refit(name, warm=True), refit(name, seed=1, warm=True))
    assert_close(refit(name, **COLD), refit(name, seed=1, **COLD))


@pytest.mark.parametrize("name", ["flow-mlp", "decoder"])
def test_the_average_is_what_is_kept(name):
    """After one step it holds a tenth of the start, however slow it is later."""
    last, start = refit(name), started(name, 0)
    kept = jax.tree.map(lambda a, b: 0.1 * a + 0.9 * b, start, last)
    assert_close(refit(name, average=0.99), kept)


@NAMES
def test_bfloat16_multiplies_in_bfloat16_and_keeps_float32(name):
    x, start = data_of(name), started(name, 0)
    for precision, short in (("float32", False), ("bfloat16", True)):
        model = CASES[name].replace(precision=precision)
        traced = jax.make_jaxpr(fit)(model, start, x, jnp.ones(len(x)))
        products = re.findall(
            r":(\w+)\[[^]]*\] = (?:dot_general|conv_general)", str(traced)
        )
        assert products
        assert ("bf16" in products) == short
        assert {leaf.dtype for leaf in traced.out_avals} == {np.dtype("float32")}
        drawn = jax.eval_shape(lambda p, m=model: m.sample(KEY, p, 3), start)
        assert drawn.dtype == x.dtype
