"""Mini-batches in slices: the gradient of the whole batch, in less memory."""

import jax
import jax.numpy as jnp
import pytest
from support import assert_close

from retrain_sim.models import FlowMatching, neural
from retrain_sim.models.fields import transformer
from retrain_sim.models.slices import mean_over_slices, slice_rows

KEY = jax.random.key(0)
PARAMS = {"w": jax.random.normal(KEY, (5, 3)), "b": jnp.arange(3.0)}
X = jax.random.normal(jax.random.key(1), (24, 5))
EXAMPLES = (X, jnp.arange(24) % 3)
SMALLEST = transformer.TransformerSize(32, 1)
IMAGES = jax.random.normal(jax.random.key(2), (40, 64))


def error(params, examples):
    x, label = examples
    logs = jax.nn.log_softmax(x @ params["w"] + params["b"][None])
    return -jnp.take_along_axis(logs, label[:, None], axis=1).mean()


@pytest.mark.parametrize("rows", [1, 8, 24])
def test_value_and_gradient_are_those_of_the_whole_batch(rows):
    def sliced(params):
        return 3 * mean_over_slices(error, params, EXAMPLES, rows)

    found = jax.value_and_grad(sliced)(PARAMS)
    assert_close(found, jax.value_and_grad(lambda p: 3 * error(p, EXAMPLES))(PARAMS))


def test_slices_map_over_seeds():
    def gradient(params):
        return jax.grad(mean_over_slices, 1)(error, params, EXAMPLES, 8)

    many = jax.tree.map(lambda p: jnp.stack([p, 2 * p]), PARAMS)
    found = jax.jit(jax.vmap(gradient))(many)
    assert_close(jax.tree.map(lambda g: g[1], found), gradient(jax.tree.map(
        lambda p: 2 * p, PARAMS)))  # fmt: skip


def test_less_memory_is_needed():
    def bytes_with(rows):
        def gradient(params, examples):
            return jax.grad(mean_over_slices, 1)(error, params, examples, rows)

        many = jax.tree.map(lambda x: jnp.concatenate([x] * 100), EXAMPLES)
        program = jax.jit(gradient).lower(PARAMS, many).compile()
        return program.memory_analysis().temp_size_in_bytes

    assert bytes_with(24) < bytes_with(2400) / 4


@pytest.mark.parametrize(("batch", "rows"), [(16, 16), (64, 16), (100, 10), (7, 7)])
def test_slices_divide_a_batch(batch, rows):
    assert slice_rows(batch) == rows


def test_image_networks_train_in_slices_and_find_the_same(monkeypatch):
    monkeypatch.setitem(transformer.TRANSFORMER_SIZES, "tiny", SMALLEST)
    image = {"network": "dit", "size": "tiny", "image_shape": (8, 8), "dim": 64}
    model = FlowMatching(batch=24, steps=2, **image)
    params = model._begin(KEY, IMAGES)

    def fitted():
        return jax.jit(model.fit)(KEY, params, IMAGES, jnp.ones(40))

    assert neural._slice(model) == 12
    sliced = fitted()
    monkeypatch.setattr(neural, "slice_rows", lambda batch: batch)
    jax.clear_caches()
    assert_close(sliced, fitted(), rounding=1e-4)


def test_vectors_and_accelerators_take_the_whole_batch(monkeypatch):
    assert neural._slice(FlowMatching(batch=64)) == 64
    monkeypatch.setattr(jax, "default_backend", lambda: "gpu")
    assert neural._slice(FlowMatching(network="unet", batch=64)) == 64
