"""Growth of large pools against the quadrature, outcome by outcome."""

import math

import numpy as np
import pytest
from support import slow

from retrain_sim.theory import curation_multiplier
from retrain_sim.theory.band_growth import band_growth
from retrain_sim.theory.level_growth import MAX_BLOCKS, level_growth
from retrain_sim.theory.pool_growth import FEW, REACH, close_gaps, pool_growth

WEIGHTS = np.array([0.5, 0.3, 0.2])


def pool_of(n, spread, seed=0):
    rng = np.random.default_rng(seed)
    probs = rng.dirichlet(np.full(n, 0.3))
    probs[:5] = 0.0
    return probs / probs.sum(), rng.normal(size=(3, n)) * spread


@pytest.mark.parametrize("spread", [0.1, 2.0, 200.0, 2e5])
@pytest.mark.parametrize(
    "slate_size", [1, 2, slow(3), 8, slow(64), slow(1000), 100_000]
)
@pytest.mark.parametrize("prepare", [level_growth, band_growth])
def test_levels_and_bands_agree_with_the_quadrature(prepare, spread, slate_size):
    probs, rewards = pool_of(60, spread)
    exact = curation_multiplier(probs, rewards, WEIGHTS, slate_size)
    z = rewards - rewards.max(axis=1, keepdims=True)
    z = close_gaps(z, REACH + math.log(slate_size))
    found = prepare(z, WEIGHTS, slate_size)(probs)
    np.testing.assert_allclose(found, exact, rtol=0, atol=1e-11 * slate_size)
    assert abs(found @ probs - 1.0) < 1e-11


@pytest.mark.parametrize("slate_size", [1, 2, 8, 1000, math.inf])
def test_few_outcomes_agree_with_the_quadrature(slate_size):
    probs, rewards = pool_of(60, 2.0)
    exact = curation_multiplier(probs, rewards, WEIGHTS, slate_size, 0.7)
    found = pool_growth(rewards, WEIGHTS, slate_size, 0.7)(probs)
    np.testing.assert_allclose(found, exact, rtol=0, atol=1e-11)


@pytest.mark.parametrize("slate_size", [3, math.inf])
@pytest.mark.parametrize("spread", [1.0, 1e4])
def test_a_batch_is_its_rows(slate_size, spread):
    rng = np.random.default_rng(1)
    growth = pool_growth(rng.normal(size=(3, 20)) * spread, WEIGHTS, slate_size)
    batch = rng.dirichlet(np.ones(20), size=4)
    rows = np.array([growth(row) for row in batch])
    np.testing.assert_allclose(growth(batch), rows, rtol=1e-13)


def test_many_outcomes_agree_with_few():
    """A pool in a hundred copies is the pool."""
    probs, rewards = pool_of(40, 1.5)
    copies = FEW // 40 + 1
    many = pool_growth(np.repeat(rewards, copies, axis=1), WEIGHTS, 4)
    found = many(np.repeat(probs, copies) / copies)[::copies]
    exact = curation_multiplier(probs, rewards, WEIGHTS, 4)
    np.testing.assert_allclose(found, exact, rtol=0, atol=1e-11)


def test_a_voter_without_weight_and_no_temperature():
    probs, rewards = pool_of(30, 1.0)
    found = pool_growth(rewards, np.array([1.0, 0.0, 0.0]), 2)(probs)
    exact = curation_multiplier(probs, rewards[:1], [1.0], 2)
    np.testing.assert_allclose(found, exact, rtol=0, atol=1e-12)
    flat = pool_growth(rewards, WEIGHTS, 2, math.inf)(probs)
    np.testing.assert_allclose(flat, 1.0, rtol=0, atol=1e-13)


def test_rewards_over_too_many_temperatures_are_refused():
    z = np.linspace(-MAX_BLOCKS, 0.0, 100)[None]
    with pytest.raises(ValueError, match="raise the temperature"):
        level_growth(z, np.ones(1), 2)
