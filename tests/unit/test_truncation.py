"""Draws from the likeliest symbols, against laws made by sorting."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from support import assert_mean

from retrain_sim.models.truncation import draw_truncated, truncated

CASES = [(0, 1.0), (3, 1.0), (0, 0.6), (2, 0.9), (4, 0.5), (1, 1.0), (0, 1e-3)]


def a_law(n=5, v=7, seed=0):
    return np.random.default_rng(seed).dirichlet(np.ones(v), size=n).astype(np.float32)


def by_sorting(law, top_k, top_p):
    """Keep the likeliest symbols, one after the other, until either limit."""
    kept = np.zeros_like(law)
    for row, out in zip(law, kept, strict=True):
        order, mass = np.argsort(-row), 0.0
        for i, symbol in enumerate(order):
            if mass >= top_p or (top_k and i >= top_k):
                break
            out[symbol], mass = row[symbol], mass + row[symbol]
    return kept / kept.sum(axis=1, keepdims=True)


@pytest.mark.parametrize(("top_k", "top_p"), CASES)
def test_the_nucleus_is_that_of_sorted_symbols(top_k, top_p):
    law = a_law(n=40)
    found = jax.jit(truncated, static_argnums=1)(law, top_k, top_p)
    np.testing.assert_allclose(found, by_sorting(law, top_k, top_p), rtol=1e-6)


@pytest.mark.parametrize(("top_k", "top_p"), CASES)
def test_symbols_are_drawn_with_the_truncated_probabilities(top_k, top_p):
    law, n = a_law(n=1, v=5), 4000
    draw = jax.jit(draw_truncated, static_argnums=2)
    drawn = draw(jax.random.key(1), jnp.tile(law, (n, 1)), top_k, top_p)
    expected = by_sorting(law, top_k, top_p)[0]
    hits = np.asarray(drawn)[:, None] == np.arange(5)[None]
    assert not hits[:, expected == 0].any()
    some = (expected > 0) & (expected < 1)
    assert_mean(hits[:, some], expected[some])


def test_equals_are_allowed_together():
    law = jnp.array([[0.25, 0.25, 0.25, 0.25], [0.4, 0.3, 0.3, 0.0]])
    expected = [[0.25] * 4, [0.4, 0.3, 0.3, 0.0]]
    np.testing.assert_allclose(truncated(law, 2, 1.0), expected, rtol=1e-6)


def test_a_law_that_is_not_finite_ends_the_draw():
    law = jnp.full((3, 4), jnp.nan)
    assert draw_truncated(jax.random.key(0), law, 0, 0.9).shape == (3,)
