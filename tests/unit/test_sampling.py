"""Draws: slates are uniform subsets, weighted indices have the right frequencies."""

import itertools

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from scipy.stats import chisquare
from support import assert_mean

from retrain_sim.curation.draws.floyd import distinct_slates
from retrain_sim.sampling import (
    choice,
    cumulative_weights,
    integers_below,
    weighted_index,
)

SURE = 6e-5  # a chi-square test fails by chance as often as 4 standard errors do


@pytest.mark.parametrize("bound", [1, 2, 3, 50_000, 65_536, 65_537, 2**31 - 1])
def test_whole_numbers_are_the_high_word_of_bits_times_bound(bound, key):
    bits = np.asarray(jax.random.bits(key, (2000,)), object)
    draws = integers_below(key, (2000,), jnp.array([bound]))
    assert draws.dtype == jnp.int32
    assert draws.tolist() == [int(word) * bound >> 32 for word in bits]


def test_whole_numbers_are_equally_likely(key):
    draws = integers_below(key, (60_000,), jnp.array([12]))
    assert chisquare(np.bincount(draws, minlength=12)).pvalue > SURE


@pytest.mark.parametrize("n", [1, 2, 5, 40])
def test_choices_are_the_librarys(n, key):
    probs = (
        jax.random.uniform(key, (n,)).at[n // 2 :].multiply(jnp.arange(n)[n // 2 :] % 2)
    )
    probs = probs.at[0].add(0.1) / 3
    theirs = jax.random.choice(key, n, (2000,), p=probs)
    np.testing.assert_array_equal(choice(key, probs, 2000), theirs)


@pytest.mark.parametrize(("slate_size", "n"), [(1, 1), (1, 5), (3, 3), (4, 9), (9, 9)])
def test_candidates_of_a_slate_are_distinct(slate_size, n, key):
    slates = np.asarray(distinct_slates(key, 400, slate_size, n))
    assert slates.shape == (400, slate_size)
    assert (slates.min(), slates.max()) >= (0, 0)
    assert slates.max() < n
    ordered = np.sort(slates, axis=1)
    assert (np.diff(ordered, axis=1) > 0).all()


def test_every_subset_is_equally_likely(key):
    slates = np.sort(distinct_slates(key, 14_000, 3, 6), axis=1)
    subsets = list(itertools.combinations(range(6), 3))
    found = [int((slates == subset).all(axis=1).sum()) for subset in subsets]
    assert sum(found) == 14_000
    assert chisquare(found).pvalue > SURE


def test_every_candidate_is_equally_likely_in_a_large_pool(key):
    slates = distinct_slates(key, 20_000, 8, 40)
    counts = np.bincount(np.ravel(slates), minlength=40)
    # A candidate is in a slate with probability 1/5, at most once: a binomial count.
    z = (counts - 4000) / np.sqrt(20_000 * 0.2 * 0.8)
    assert np.abs(z).max() < 4


def test_slates_are_independent_of_each_other(key):
    """Two slates of 2 among 10 share a given candidate with probability 1/25."""
    slates = np.asarray(distinct_slates(key, 20_000, 2, 10))
    first, second = (slates[::2] == 0).any(axis=1), (slates[1::2] == 0).any(axis=1)
    assert_mean((first & second)[:, None], 0.04)


WEIGHTS = np.array([0.0, 1.0, 0.0, 0.0, 5.0, 2.5, 0.0, 0.5, 0.0])


def draws(weights, n_draws, seed=0):
    cumulative = cumulative_weights(jnp.asarray(weights, jnp.float32))
    return np.asarray(weighted_index(jax.random.key(seed), cumulative, n_draws))


def test_weighted_indices_have_the_right_frequencies():
    index = draws(WEIGHTS, 20_000)
    there = WEIGHTS > 0
    found = np.bincount(index, minlength=len(WEIGHTS))
    assert (found[~there] == 0).all()
    expected = 20_000 * WEIGHTS[there] / WEIGHTS.sum()
    assert chisquare(found[there], expected).pvalue > SURE


@pytest.mark.parametrize(
    "weights",
    [
        [0.0, 0.0, 3.0],
        [3.0, 0.0, 0.0],
        [0.0, 1e-30, 0.0],
        [0.0, 1e30, 0.0, 0.0],
        [1e-7, 1.0, 0.0],
        [0.1] * 7 + [0.0],
    ],
)
def test_absent_rows_are_never_drawn(weights):
    for seed in range(5):
        index = draws(weights, 20_000, seed)
        assert (np.asarray(weights)[index] > 0).all()


class Extreme:
    """Uniform draws at both ends of what the generator can give."""

    @staticmethod
    def uniform(key, shape):
        low, high = jnp.zeros(shape), jnp.full(shape, 1 - 2.0**-23)
        return jnp.where(jnp.arange(shape[0]) % 2 == 0, low, high)


@pytest.mark.parametrize("seed", range(20))
def test_absent_rows_are_not_drawn_by_extreme_uniform_numbers(seed, monkeypatch):
    rng = np.random.default_rng(seed)
    weights = np.concatenate([[0.0], rng.gamma(1.0, size=50), [0.0, 0.0]])
    monkeypatch.setattr(jax.random, "uniform", Extreme.uniform)
    index = draws(weights, 2)
    assert index.tolist() == [1, 50]


def test_no_absent_row_has_an_interval_of_its_own(key):
    """A plain float32 sum gives some of them one, however small."""
    there = jnp.arange(20_000) % 3 > 0
    weights = jnp.where(there, jax.random.uniform(key, (20_000,)), 0.0)
    found = np.asarray(cumulative_weights(weights))
    rises = np.diff(found, prepend=0)
    assert (rises >= 0).all()
    assert (rises[np.asarray(weights) == 0] == 0).all()
    plain = np.diff(np.asarray(jnp.cumsum(weights)), prepend=0)
    assert (plain[np.asarray(weights) == 0] != 0).any()
