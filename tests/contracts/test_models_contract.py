"""Every generative model: p_t = (model, params) that can be refitted and sampled."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from component_cases import MODELS, N
from contract import (
    assert_finite,
    assert_jit_agrees,
    assert_one_trace,
    assert_vmap_agrees,
    every,
)
from support import assert_close, assert_identical

from retrain_sim.base import Density, Enumerable, Probed, Storing

TRAINED = ("flow-matching", "language-model")
"""By mini-batches, which are drawn from the rows."""

every_model = pytest.mark.parametrize("case", every(MODELS))
by_formula = pytest.mark.parametrize(
    "case", every({k: v for k, v in MODELS.items() if k not in TRAINED})
)
with_density = pytest.mark.parametrize(
    "case",
    every(
        {
            k: v
            for k, v in MODELS.items()
            if k not in ("flow-matching", "linear-regression")
        }
    ),
)
listed = pytest.mark.parametrize("case", every({"categorical": MODELS["categorical"]}))
probed = pytest.mark.parametrize(
    "case",
    every({k: v for k, v in MODELS.items() if isinstance(v[0].model, Probed)}),
)
ONES = jnp.ones(N)
KEY = jax.random.key(7)


@jax.jit
def init(model, key, x, weights):
    return model.init(key, x, weights)


@jax.jit
def fit(model, key, params, x, weights):
    return model.fit(key, params, x, weights)


@jax.jit
def sample(model, key, params):
    return model.sample(key, params, 40)


def fitted(case, key):
    return init(case.model, key, case.x, ONES)


def kind_of(tree):
    return jax.tree.map(lambda x: (jnp.shape(x), jnp.asarray(x).dtype), tree)


@every_model
def test_samples_look_like_the_data(case, key):
    samples = sample(case.model, key, fitted(case, key))
    assert samples.shape == (40, *case.x.shape[1:])
    assert samples.dtype == case.x.dtype
    assert_finite(samples)


@every_model
def test_a_refit_keeps_the_shape_of_the_parameters(case, key):
    params = fitted(case, key)
    again = fit(case.model, key, params, case.x, ONES)
    assert kind_of(again) == kind_of(params)
    assert_finite((params, again))


@every_model
def test_same_key_same_result(case, key):
    params = fitted(case, key)
    assert_identical(fitted(case, key), params)
    refits = [fit(case.model, key, params, case.x, ONES) for _ in range(2)]
    assert_identical(*refits)
    assert_identical(*[sample(case.model, key, params) for _ in range(2)])


@every_model
def test_another_key_draws_other_samples(case, key):
    params = fitted(case, key)
    samples = [sample(case.model, jax.random.key(i), params) for i in (0, 1)]
    assert not jnp.array_equal(*samples)


@every_model
def test_compiled_equals_eager(case, key):
    params = fitted(case, key)
    assert_jit_agrees(fit, case.model, key, params, case.x, ONES)
    assert_jit_agrees(sample, case.model, key, params)


@every_model
def test_mapped_equals_one_by_one(case, key):
    params, keys = fitted(case, key), jax.random.split(key, 3)
    assert_vmap_agrees(fit, case.model, keys, params, case.x, ONES)
    assert_vmap_agrees(sample, case.model, keys, params)


@every_model
def test_one_trace_while_floats_are_swept(case, key):
    params = fitted(case, key)

    def retrain(model, key):
        refitted = model.fit(key, params, case.x, ONES)
        return model.sample(key, refitted, 5)

    assert_one_trace(retrain, case.model, key)


@every_model
def test_absent_rows_change_no_fit(case, key):
    """Rows of weight zero, whatever they hold."""
    garbage = (jnp.zeros_like(case.x) + 1e6).astype(case.x.dtype)
    if garbage.dtype == jnp.int32:
        garbage = jnp.zeros_like(case.x)
    data = jnp.concatenate([case.x, garbage])
    weights = jnp.concatenate([ONES, 0 * ONES])
    params = fitted(case, key)
    found = fit(case.model, key, params, data, weights)
    assert_same_law(case, found, fit(case.model, key, params, case.x, ONES))


def assert_same_law(case, found, expected):
    """Compare parameters; where they hold the training set, the laws they stand for."""
    if not isinstance(case.model, Storing):
        assert_close(found, expected)
        return
    densities = [case.model.log_prob(params, case.x) for params in (found, expected)]
    assert_close(*densities)
    assert_close(*[case.model.sample(KEY, params, 40) for params in (found, expected)])


@by_formula
def test_a_weight_of_two_is_the_row_twice(case, key):
    data, weights = jnp.repeat(case.x, 2, axis=0), jnp.ones(2 * N)
    params = fitted(case, key)
    found = fit(case.model, key, params, case.x, 2 * ONES)
    assert_same_law(case, found, fit(case.model, key, params, data, weights))


@with_density
def test_a_density_has_one_number_per_outcome(case, key):
    assert isinstance(case.model, Density)
    params = fitted(case, key)
    program = jax.jit(lambda model, params, x: model.log_prob(params, x))
    found = program(case.model, params, case.x)
    assert found.shape == (N,)
    assert_finite(found)
    assert_close(case.model.log_prob(params, case.x), found)
    assert_close(program(case.model, params, case.x[:5]), found[:5])


@listed
def test_a_support_lists_every_outcome_with_its_probability(case, key):
    assert isinstance(case.model, Enumerable)
    x, probs = case.model.support(fitted(case, key))
    assert x.dtype == case.x.dtype
    assert len(np.unique(x)) == len(x) == len(probs)
    assert float(probs.sum()) == pytest.approx(1, rel=1e-6)
    drawn = sample(case.model, key, probs)
    assert set(np.unique(drawn)) <= set(np.asarray(x)[np.asarray(probs) > 0].tolist())


@probed
def test_probes_are_outcomes_with_weights_that_name_the_model(case, key):
    """A fit to the probes alone is the model again."""
    assert not isinstance(case.model, Enumerable)
    params = fitted(case, key)
    x, weights = case.model.probe(params)
    assert (x.dtype, x.shape[1:]) == (case.x.dtype, case.x.shape[1:])
    assert float(weights.sum()) == pytest.approx(1, rel=1e-6)
    assert_close(fit(case.model, key, params, x, weights), params)
