"""Learners against scikit-learn, and what every one of them must do."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression, Ridge
from support import assert_close, assert_mean

from retrain_sim.dose.evaluation import accuracy, slice_accuracy
from retrain_sim.dose.learners import logistic, ridge, ridge_classifier
from retrain_sim.dose.random_features import random_features

N, D, CLASSES = 60, 5, 3


@pytest.fixture
def table():
    rng = np.random.default_rng(0)
    x = rng.normal(size=(N, D)) + 0.5
    labels = rng.integers(0, CLASSES, N)
    return x + 0.4 * labels[:, None], labels, rng.integers(0, 4, N).astype(float)


def fit(learner, *data):
    with jax.enable_x64(True):
        fitted = jax.jit(learner)(*map(jnp.asarray, data))
        return np.asarray(fitted.coefficients), np.asarray(fitted.intercept)


def test_ridge_is_scikit_learns(table):
    x, labels, weights = table
    y = np.eye(CLASSES)[labels]
    expected = Ridge(alpha=0.7).fit(x, y, weights)
    found = fit(lambda *data: ridge(*data, 0.7), x, y, weights)
    np.testing.assert_allclose(found[0], expected.coef_.T, rtol=1e-9)
    np.testing.assert_allclose(found[1], expected.intercept_, rtol=1e-9)
    classifier = fit(
        lambda *data: ridge_classifier(*data, 0.7, CLASSES), x, labels, weights
    )
    np.testing.assert_allclose(classifier[0], expected.coef_.T, rtol=1e-9)


@pytest.mark.parametrize("l2", [1e-3, 0.7, 50.0])
def test_logistic_regression_is_scikit_learns(table, l2):
    x, labels, weights = table
    binary = (labels == 2).astype(int)
    expected = LogisticRegression(C=1 / l2, tol=1e-12, solver="newton-cholesky")
    expected.fit(x, binary, weights)
    found = fit(lambda *data: logistic(*data, l2), x, binary, weights)
    np.testing.assert_allclose(found[0][:, 0], expected.coef_[0], rtol=1e-6)
    np.testing.assert_allclose(found[1], expected.intercept_, rtol=1e-6)


@pytest.mark.parametrize("scale", [1.0, 1e4])
def test_logistic_regression_of_separable_classes_stays_finite(scale):
    x = scale * jnp.linspace(-1, 1, 20)[:, None]
    labels = (x[:, 0] > 0).astype(jnp.int32)
    fitted = logistic(x, labels, jnp.ones(20), 1e-6)
    assert bool(jnp.isfinite(fitted.coefficients).all())
    assert fitted.classify(x).tolist() == labels.tolist()


LEARNERS = {
    "ridge": lambda x, labels, w, l2: ridge_classifier(x, labels, w, l2, 2),
    "logistic": logistic,
}


def binary_table(table):
    x, labels, weights = table
    return jnp.float32(x), jnp.int32(labels == 2), jnp.float32(weights)


@pytest.mark.parametrize("name", LEARNERS)
def test_rows_without_weight_change_nothing(table, name):
    x, labels, weights = binary_table(table)
    more = jnp.concatenate([x, 100 * x[:7]])
    found = LEARNERS[name](
        more,
        jnp.concatenate([labels, 1 - labels[:7]]),
        jnp.concatenate([weights, jnp.zeros(7)]),
        0.5,
    )
    assert_close(found, LEARNERS[name](x, labels, weights, 0.5), 1e-4)


@pytest.mark.parametrize("name", LEARNERS)
def test_weights_are_counts(table, name):
    x, labels, weights = binary_table(table)
    index = np.repeat(np.arange(N), np.asarray(weights, int))
    copies = LEARNERS[name](x[index], labels[index], jnp.ones(len(index)), 0.5)
    assert_close(LEARNERS[name](x, labels, weights, 0.5), copies, 1e-4)


@pytest.mark.parametrize("name", LEARNERS)
def test_vmap_is_a_loop_and_a_penalty_sweeps_without_a_new_trace(table, name):
    x, labels, weights = binary_table(table)
    traces = []

    def learn(l2):
        traces.append(1)
        return LEARNERS[name](x, labels, weights, l2)

    penalties = jnp.array([0.1, 1.0, 10.0])
    mapped = jax.jit(jax.vmap(learn))(penalties)
    loop = [learn(l2) for l2 in penalties]
    assert_close(mapped, jax.tree.map(lambda *leaves: jnp.stack(leaves), *loop), 1e-4)
    once = jax.jit(learn)
    before = len(traces)
    for l2 in penalties:
        once(l2)
    assert len(traces) == before + 1


def test_without_data_a_learner_knows_nothing():
    x, nothing = jnp.ones((4, 2)), jnp.zeros(4)
    fitted = ridge(x, jnp.ones((4, 1)), nothing, 1.0)
    assert fitted.coefficients.tolist() == [[0.0], [0.0]]
    fitted = logistic(x, jnp.ones(4, jnp.int32), nothing, 1.0)
    assert fitted.coefficients.tolist() == [[0.0], [0.0]]
    assert fitted.intercept.tolist() == [0.0]


def test_random_features_have_the_gaussian_kernel_on_average():
    x = jnp.array([[0.0, 0.0], [0.6, 0.8], [2.0, 0.0]])

    def kernel(key):
        z = random_features(key, 2, 50, 1.5)(x)
        return z @ z.T

    kernels = jax.vmap(kernel)(jax.random.split(jax.random.key(0), 400))
    distance2 = np.array([[0, 1, 4], [1, 0, 2.6], [4, 2.6, 0]])
    assert_mean(kernels, np.exp(-distance2 / (2 * 1.5**2)))


def test_accuracy_by_slice_adds_up_to_the_accuracy(key):
    keys = jax.random.split(key, 4)
    said, true, slices = (jax.random.randint(k, (50,), 0, 3) for k in keys[:3])
    weights = jax.random.uniform(keys[3], (50,))
    share = jax.ops.segment_sum(weights, slices, 4) / weights.sum()
    parts = slice_accuracy(said, true, weights, slices, 4)
    assert bool(jnp.isnan(parts[3]))
    whole = accuracy(said, true, weights)
    assert_close(share[:3] @ parts[:3], whole, 1e-6)
