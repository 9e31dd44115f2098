"""Weighted least squares, against NumPy."""

import jax.numpy as jnp
import numpy as np
import pytest

from retrain_sim.least_squares import least_squares


def table(n, d, seed=0):
    return np.random.default_rng(seed).normal(size=(n, d + 1)).astype(np.float32)


@pytest.mark.parametrize(("n", "d"), [(30, 1), (30, 5), (6, 5), (5, 5), (3, 5), (1, 4)])
def test_the_fit_is_that_of_the_pseudo_inverse(n, d):
    rows = table(n, d)
    expected = np.linalg.pinv(rows[:, :-1].astype(float)) @ rows[:, -1]
    found = least_squares(jnp.asarray(rows), jnp.ones(n))
    np.testing.assert_allclose(found, expected, rtol=0, atol=1e-4)


def test_weights_count():
    rows, weights = table(12, 3), np.arange(12.0)
    root = np.sqrt(weights)[:, None]
    expected = np.linalg.lstsq(root * rows[:, :-1], root[:, 0] * rows[:, -1])[0]
    found = least_squares(jnp.asarray(rows), jnp.asarray(weights, jnp.float32))
    np.testing.assert_allclose(found, expected, rtol=0, atol=1e-5)


@pytest.mark.parametrize("weight", [0.0, 1.0])
def test_equal_columns_share_the_coefficient(weight):
    x = np.linspace(-1, 1, 9, dtype=np.float32)
    rows = jnp.stack([x, x, 3 * x], axis=1)
    found = least_squares(rows, jnp.full(9, weight))
    np.testing.assert_allclose(found, [1.5 * weight] * 2, rtol=0, atol=1e-5)
