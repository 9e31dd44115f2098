"""One act of curation, given p_t, against the exact one-round law."""

import math

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from support import assert_mean, deviations, slow

from retrain_sim.base import View
from retrain_sim.curation import KChoice, Uncurated
from retrain_sim.theory import population_round

PROBS = np.array([0.35, 0.3, 0.2, 0.1, 0.05])
REWARDS = np.array(
    [[0.0, 1.0, 3.0, -1.0, 2.0], [2.0, -1.0, 0.0, 4.0, 1.0], [0.0, 0.0, 0.0, 0.0, 5.0]]
)
WEIGHTS = np.array([0.5, 0.3, 0.2])


def pool(key, n):
    """Draw n candidates from p, scored."""
    x = jax.random.choice(key, len(PROBS), (n,), p=jnp.asarray(PROBS))
    rewards = jnp.asarray(REWARDS, jnp.float32)[:, x]
    return View(x, jnp.ones(n), rewards, x.astype(jnp.int32))


def k_choice(slate_size, n, n_kept=32):
    weights = np.asarray(WEIGHTS, np.float32)
    return KChoice(weights, slate_size, np.float32(1), n, n_kept)


@jax.jit
def shares_once(curator, key):
    """Draw a pool, curate it once: the share of every letter."""
    key_pool, key_curate = jax.random.split(key)
    view = pool(key_pool, curator.n_candidates)
    kept = view.x[curator.select(key_curate, view, None).index]
    return jnp.bincount(kept, length=len(PROBS)) / len(kept)


@jax.jit
def shares_often(curator, keys):
    return jax.lax.map(lambda key: shares_once(curator, key), keys, batch_size=250)


def kept_shares(curator, n_calls=4000):
    """Shares ``[n_calls, letter]`` of independent pools, curated once each."""
    keys = jax.random.split(jax.random.key(0), n_calls)
    return np.asarray(shares_often(curator, keys))


@pytest.mark.parametrize("slate_size", [1, 2, slow(3), 8, slow(64)])
def test_kept_shares_follow_the_exact_law_at_finite_k(slate_size):
    shares = kept_shares(k_choice(slate_size, n=64))
    assert_mean(shares, population_round(PROBS, REWARDS, WEIGHTS, slate_size))


def test_the_law_is_exact_even_for_a_slate_of_the_whole_pool():
    shares = kept_shares(k_choice(8, n=8))
    assert_mean(shares, population_round(PROBS, REWARDS, WEIGHTS, 8))


def test_kept_shares_follow_the_limit_at_k_inf():
    """The bias of order 1/n is far below the standard error here."""
    shares = kept_shares(k_choice(math.inf, n=2048), n_calls=2000)
    assert_mean(shares, population_round(PROBS, REWARDS, WEIGHTS, math.inf))


def test_a_small_pool_at_k_inf_is_biased_towards_no_curation():
    """Which is why the pools of the test above are large."""
    shares = kept_shares(k_choice(math.inf, n=8))
    limit = population_round(PROBS, REWARDS, WEIGHTS, math.inf)
    whole = population_round(PROBS, REWARDS, WEIGHTS, 8)
    assert_mean(shares, whole)
    assert np.abs(deviations(shares, limit)).max() > 10


def test_uncurated_shares_are_those_of_the_model():
    assert_mean(kept_shares(Uncurated(32, 64)), PROBS)


def test_the_temperature_divides_the_rewards():
    curator = k_choice(3, n=64).replace(temperature=np.float32(2.5))
    expected = population_round(PROBS, REWARDS, WEIGHTS, 3, temperature=2.5)
    assert_mean(kept_shares(curator), expected)


def test_the_law_at_another_slate_size_is_rejected():
    shares = kept_shares(k_choice(2, n=64))
    wrong = population_round(PROBS, REWARDS, WEIGHTS, 3)
    assert np.abs(deviations(shares, wrong)).max() > 10


def separated(slates):
    """Share of slates that hold a letter 0: what a voter for it alone keeps."""
    return (slates == 0).any(axis=1).mean()


def test_slates_with_replacement_would_be_biased():
    """Distinct candidates are what makes the law exact: n = 64, K = 8."""
    n, k, n_slates, p = 64, 8, 64, jnp.asarray([0.2, 0.8])

    @jax.jit
    def one(key):
        key_pool, key_slate, key_keep = jax.random.split(key, 3)
        x = jax.random.choice(key_pool, 2, (n,), p=p)
        rewards = jnp.where(x == 0, 60.0, 0.0)[None]
        view = View(x, jnp.ones(n), rewards, x.astype(jnp.int32))
        curator = KChoice(np.ones(1, np.float32), k, np.float32(1), n, n_slates)
        kept = x[curator.select(key_keep, view, None).index]
        repeated = jax.random.randint(key_slate, (n_slates, k), 0, n)
        return (kept == 0).mean(), separated(x[repeated])

    keys = jax.random.split(jax.random.key(0), 4000)
    distinct, replaced = jax.lax.map(one, keys, batch_size=250)
    exact = population_round(p, [[60.0, 0.0]], [1.0], k)[0]
    assert exact == pytest.approx(1 - 0.8**k, rel=1e-9)
    assert_mean(distinct, exact)
    assert deviations(replaced, exact) < -10
