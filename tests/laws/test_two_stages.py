"""Two stages of curation on letters: who can invade whom, and who wins."""

import itertools
import math

import jax.numpy as jnp
import numpy as np
import pytest

from retrain_sim.base import View
from retrain_sim.curation import Chain, KChoice

SLATES = [2, 3, 8, math.inf]
PAIRS = list(itertools.product(SLATES, SLATES))


def chain(owner_slate, public_slate):
    owner = KChoice(np.float32([1, 0]), owner_slate, np.float32(1), 4000, 2000)
    public = KChoice(np.float32([0, 1]), public_slate, np.float32(1), 2000, 1000)
    return Chain(owner, public)


def letters(rewards):
    n = rewards.shape[1]
    scores = jnp.asarray(rewards, jnp.float32)
    return View(jnp.arange(n), jnp.ones(n), scores, jnp.arange(n))


def rare_growth(gap, slate_size):
    """Grow a rare outcome beside a resident: K e^d / (e^d + K - 1), e^d at K = inf."""
    odds = np.exp(gap)
    if math.isinf(slate_size):
        return odds
    return slate_size * odds / (odds + slate_size - 1)


def limit(rewards, slates, n_rounds=120):
    """Follow the exact map of both stages from the uniform law."""
    view, probs = letters(rewards), np.full(rewards.shape[1], 1 / rewards.shape[1])
    for _ in range(n_rounds):
        probs = probs * chain(*slates).multiplier(view, probs)
        probs /= probs.sum()
    return probs


@pytest.mark.parametrize("slates", PAIRS, ids=str)
def test_a_rare_outcome_grows_by_the_product_of_two_factors(slates):
    """Resident x resists rare y iff it is below 1 (derived here)."""
    rewards = np.random.default_rng(0).normal(size=(2, 5)).astype(np.float32)
    gaps = rewards.astype(np.float64) - rewards[:, :1]
    found = chain(*slates).multiplier(letters(rewards), np.eye(5)[0])
    expected = rare_growth(gaps[0], slates[0]) * rare_growth(gaps[1], slates[1])
    np.testing.assert_allclose(found, expected, rtol=1e-9)
    assert (expected[1:] > 1).any()
    assert (expected[1:] < 1).any()


OWNER_PUBLIC = np.array([[1.0, 0.0, 0.2], [0.0, 2.0, 1.0]])
"""The owner likes letter 0 best, the public letter 1."""


@pytest.mark.parametrize("slates", [(2, 2), (4, 4), (2, 4), (math.inf, math.inf)])
def test_the_owner_does_not_set_the_support(slates):
    """Falahati et al., arXiv 2511.12804, Theorem 4, says that only letter 0 is left."""
    assert limit(OWNER_PUBLIC, slates)[1] == pytest.approx(1, abs=1e-6)


@pytest.mark.parametrize("slates", [(8, 2), (64, 2)])
def test_larger_pools_of_the_owner_turn_the_game(slates):
    assert limit(OWNER_PUBLIC, slates)[0] == pytest.approx(1, abs=1e-6)


@pytest.mark.parametrize("slates", [(2, 2), (8, 3), (math.inf, math.inf)])
def test_a_compromise_that_is_nobodys_favorite_wins(slates):
    """Disjoint favorites, and a letter that both like nearly as well."""
    rewards = np.array([[1.0, 0.0, 0.9], [0.0, 1.0, 0.9]])
    assert limit(rewards, slates)[2] == pytest.approx(1, abs=1e-6)
