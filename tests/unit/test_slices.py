"""Mini-batches in slices: the gradient of the whole batch, in less memory."""

import dataclasses

import jax
import jax.numpy as jnp
import pytest
from support import assert_close

from retrain_sim.models import FlowMatching, LanguageModel, neural
from retrain_sim.models.fields import transformer
from retrain_sim.models.slices import mean_over_slices, slice_rows
from retrain_sim.rows import all_sharing

SEVERAL_DEVICES = True

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


@pytest.mark.parametrize(
    ("batch", "pixels", "rows"),
    [(16, 64, 16), (64, 256, 16), (64, 1024, 4), (9, 1024, 3), (7, 1024, 7),
     (100, 64, 10), (6, 10_000, 1)],
)  # fmt: skip
def test_slices_fit_and_divide_a_batch(batch, pixels, rows):
    assert slice_rows(batch, pixels) == rows


@pytest.fixture
def transformer_flow(monkeypatch):
    monkeypatch.setitem(transformer.TRANSFORMER_SIZES, "tiny", SMALLEST)
    image = {"network": "dit", "size": "tiny", "image_shape": (8, 8), "dim": 64}
    model = FlowMatching(batch=24, steps=2, solver_steps=2, chunk=5, **image)
    return model, model._begin(KEY, IMAGES)


def fitted(model, params):
    return jax.jit(model.fit)(KEY, params, IMAGES, jnp.ones(40))


def test_image_networks_train_in_slices_and_find_the_same(
    transformer_flow, monkeypatch
):
    assert neural._slice(transformer_flow[0]) == 12
    sliced = fitted(*transformer_flow)
    monkeypatch.setattr(neural, "slice_rows", lambda batch, pixels: batch)
    jax.clear_caches()
    assert_close(sliced, fitted(*transformer_flow), rounding=1e-4)


def test_devices_that_share_the_rows_find_the_same(transformer_flow):
    model, params = transformer_flow
    alone = fitted(model, params), model.sample(KEY, params, 30)
    jax.clear_caches()
    with all_sharing(24):
        assert neural._slice(model) == 12
        assert neural._slice(dataclasses.replace(model, batch=25)) == 25
        draw = jax.jit(lambda params: model.sample(KEY, params, 30))
        shared = fitted(model, params), draw(params)
        assert "shard_map" in str(jax.make_jaxpr(draw)(params))
    assert_close(alone, shared, rounding=1e-4)


def test_an_odd_number_of_images_is_drawn_by_every_device(transformer_flow):
    model, params = transformer_flow
    with all_sharing(30):
        program = jax.make_jaxpr(lambda params: model.sample(KEY, params, 31))(params)
    assert "shard_map" not in str(program)


def test_it_pays_to_share_images_on_a_cpu_only(monkeypatch):
    images = FlowMatching(network="unet", batch=64, image_shape=(8, 8))
    others = (FlowMatching(batch=64), LanguageModel())
    assert neural.pays_to_share(images)
    assert not any(map(neural.pays_to_share, others))
    assert neural._slice(others[0]) == 64
    monkeypatch.setattr(jax, "default_backend", lambda: "gpu")
    assert not neural.pays_to_share(images)
    assert neural._slice(images) == 64
