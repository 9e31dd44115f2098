"""The n-gram model, against counts by hand and exact probabilities."""

import itertools

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from support import assert_mean

from retrain_sim.models import NGram


def f32(value):
    """Make a leaf as the registry does."""
    return np.asarray(value, np.float32)


def fitted(model, rows, weights=None):
    x = jnp.asarray(rows, jnp.int32)
    weights = jnp.ones(len(x)) if weights is None else jnp.asarray(weights)
    return model.fit(jax.random.key(0), None, x, weights)


def test_bigrams_are_counted():
    model = NGram(2, f32(0), size=3, length=4)
    law = fitted(model, [[0, 1, 1, 0], [0, 1, 0, 1]])
    expected = [
        [0, 1, 0],  # after 0: always 1
        [2 / 3, 1 / 3, 0],
        [1 / 3, 1 / 3, 1 / 3],  # 2 is never seen
        [1, 0, 0],  # both begin with 0
    ]
    np.testing.assert_allclose(law, expected, rtol=1e-6)


def test_smoothing_adds_to_every_count():
    model = NGram(1, f32(0.5), size=3, length=2)
    law = fitted(model, [[0, 1], [0, 0]], [1.0, 2.0])
    np.testing.assert_allclose(law, [[5.5 / 7.5, 1.5 / 7.5, 0.5 / 7.5]], rtol=1e-6)


def test_trigrams_see_two_letters_back():
    model = NGram(3, f32(0), size=2, length=4)
    law = fitted(model, [[0, 0, 1, 0], [1, 0, 0, 1]])
    base, start = 3, 2
    np.testing.assert_allclose(law[base * start + start], [0.5, 0.5])
    np.testing.assert_allclose(law[base * 0 + 0], [0, 1])
    np.testing.assert_allclose(law[base * 0 + 1], [1, 0])
    np.testing.assert_allclose(law[base * 1 + 0], [1, 0])
    np.testing.assert_allclose(law[base * 1 + 1], [0.5, 0.5])


def test_the_end_is_learned_once_per_sequence():
    model = NGram(2, f32(0), size=2, length=4, ends=True)
    law = fitted(model, [[0, -1, -1, -1], [0, 0, 1, 1], [-1, -1, -1, -1]])
    end = 2
    np.testing.assert_allclose(law[0], [1 / 3, 1 / 3, 1 / 3])  # to 0, to 1, to the end
    np.testing.assert_allclose(law[1], [0, 1, 0])
    np.testing.assert_allclose(law[3], [2 / 3, 0, 1 / 3])  # one is empty
    np.testing.assert_allclose(law[end], np.full(3, 1 / 3))  # nobody asks for it


CASES = [(1, False), (2, False), (3, False), (2, True), (3, True)]


def a_law(order, ends):
    model = NGram(order, f32(0.3), size=2, length=3, ends=ends)
    rows = [[0, 1, 1], [1, 1, 0], [0, 1, 0], [1, 1, 1]]
    if ends:
        rows += [[0, -1, -1], [1, 1, -1], [-1, -1, -1]]
    return model, fitted(model, rows)


def outcomes(ends):
    """List all sequences of three of two letters."""
    found = list(itertools.product((0, 1), repeat=3))
    if ends:
        for n in range(3):
            pad = (-1,) * (3 - n)
            found += [(*x, *pad) for x in itertools.product((0, 1), repeat=n)]
    return jnp.asarray(found, jnp.int32)


@pytest.mark.parametrize(("order", "ends"), CASES)
def test_the_probabilities_of_all_sequences_add_up(order, ends):
    model, law = a_law(order, ends)
    probs = jnp.exp(model.log_prob(law, outcomes(ends)))
    assert float(probs.sum()) == pytest.approx(1, rel=1e-5)


@pytest.mark.parametrize(("order", "ends"), CASES)
def test_sequences_are_drawn_with_their_probabilities(order, ends):
    model, law = a_law(order, ends)
    listed = outcomes(ends)
    drawn = jax.jit(lambda key: model.sample(key, law, 4000))(jax.random.key(1))
    hits = (drawn[:, None] == listed[None]).all(axis=2)
    assert hits.any(axis=1).all()
    assert_mean(hits, np.exp(model.log_prob(law, listed)))


def test_what_was_never_seen_has_no_probability_and_is_never_drawn():
    model = NGram(2, f32(0), size=2, length=6)
    law = fitted(model, [[0, 1, 0, 1, 0, 1]])
    seen = jnp.asarray([[0, 1, 0, 1, 0, 1], [0, 0, 0, 1, 0, 1]], jnp.int32)
    np.testing.assert_array_equal(model.log_prob(law, seen), [0, -np.inf])
    drawn = model.sample(jax.random.key(0), law, 500)
    np.testing.assert_array_equal(drawn, np.tile(seen[:1], (500, 1)))
