"""Laws of curation beside real data, against the maps."""

import math

import numpy as np
import pytest

from retrain_sim.theory import (
    limit,
    population_trajectory,
    real_data_divergence_bound,
    real_data_fixed_point,
)


def landscape(seed, n=6, m=1):
    rng = np.random.default_rng(seed)
    return rng.dirichlet(np.ones(n)), 3 * rng.normal(size=(m, n))


@pytest.mark.parametrize("real_share", [0.01, 0.3, 0.9])
def test_the_fixed_point_is_where_the_rounds_end(real_share):
    real, rewards = landscape(0)
    mixing = {"real_probs": real, "real_share": real_share}
    end = limit(real, rewards, [1.0], math.inf, **mixing)
    found = real_data_fixed_point(real, rewards[0], real_share)
    np.testing.assert_allclose(found, end.probs, rtol=0, atol=1e-8)


def test_atoms_without_real_data_are_lost_however_good_they_are():
    found = real_data_fixed_point([0.0, 0.4, 0.6], [9.0, 1.0, 0.0], 0.5)
    expected = real_data_fixed_point([0.4, 0.6], [1.0, 0.0], 0.5)
    np.testing.assert_allclose(found, [0.0, *expected], rtol=1e-12)


def test_the_ends_of_the_fixed_point():
    real, (rewards,) = landscape(1)
    np.testing.assert_allclose(real_data_fixed_point(real, rewards, 1.0), real)
    flat = real_data_fixed_point(real, rewards, 0.1, math.inf)
    np.testing.assert_allclose(flat, real, rtol=1e-12)
    hard = real_data_fixed_point([0.1, 0.9], [1e3, 0.0], 1e-6)
    np.testing.assert_allclose(hard, [1 - 0.9e-6, 0.9e-6], rtol=1e-9)


@pytest.mark.parametrize("seed", range(10))
@pytest.mark.parametrize(("slate_size", "real_share"), [(2, 0.6), (3, 0.8), (8, 0.9)])
def test_the_divergence_stays_below_its_bound(seed, slate_size, real_share):
    real, rewards = landscape(seed, m=2)
    bound = real_data_divergence_bound(slate_size, real_share)
    assert 0 < bound < math.inf
    votes = 10 * rewards, [0.9, 0.1]
    mixing = {"real_probs": real, "real_share": real_share}
    path = population_trajectory(real, *votes, slate_size, 50, **mixing)
    divergence = (path * np.log(path / real)).sum(axis=1)
    assert divergence.max() <= bound


def test_where_nothing_is_known_the_bound_is_infinite():
    assert real_data_divergence_bound(math.inf, 0.99) == math.inf
    assert real_data_divergence_bound(3, 0.5) == math.inf
    assert real_data_divergence_bound(1, 0.1) == 0.0
    assert real_data_divergence_bound(math.inf, 1.0) == 0.0


@pytest.mark.parametrize("share", [0.0, 1.1, math.nan])
def test_shares_out_of_range_are_named(share):
    with pytest.raises(ValueError, match="real_share contains"):
        real_data_fixed_point([1.0], [0.0], share)
    with pytest.raises(ValueError, match="real_share contains"):
        real_data_divergence_bound(2, share)
