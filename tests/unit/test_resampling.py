"""The loop on the atoms: selection and drift with an ideal fit."""

import numpy as np
import pytest
from support import assert_mean, prepared_of

from retrain_sim.predictions.resampling import resampled_weights
from retrain_sim.theory import population_round

N_SEEDS = 2000


def small(slate_size, **settings):
    prepared = prepared_of(
        "condorcet",
        curation__slate_size=slate_size,
        curation__n_candidates=60,
        curation__n_kept=30,
        arms={},
        claim=[],
        **settings,
    )
    return next(iter(prepared.arms.values())), prepared.atoms


def expected_round(scenario, atoms, real_share=0.0):
    curator = scenario.curator
    weights = np.asarray(curator.voter_weights, np.float64)
    return population_round(
        atoms.probs,
        np.asarray(atoms.view.rewards, np.float64),
        weights / weights.sum(),
        curator.slate_size,
        temperature=float(curator.temperature),
        real_probs=atoms.real_probs,
        real_share=real_share,
    )


@pytest.mark.parametrize("slate_size", [1, 3])
def test_the_mean_after_one_round_is_the_population_map(slate_size):
    scenario, atoms = small(slate_size)
    weights = resampled_weights(scenario, atoms, 1, N_SEEDS, 0)
    assert_mean(weights[:, 1], expected_round(scenario, atoms))


def test_real_data_are_mixed_in():
    regime = {"kind": "real-share", "real_share": 0.4}
    scenario, atoms = small(3, regime=regime)
    weights = resampled_weights(scenario, atoms, 1, N_SEEDS, 0)
    assert_mean(weights[:, 1], expected_round(scenario, atoms, 0.4))


def test_every_row_is_a_distribution_of_counts():
    scenario, atoms = small(3)
    weights = resampled_weights(scenario, atoms, 5, 20, 0)
    assert weights.shape == (20, 6, 3)
    np.testing.assert_allclose(weights.sum(axis=2), 1, rtol=1e-6)
    np.testing.assert_allclose(weights[:, 0], np.tile(atoms.probs, (20, 1)), rtol=1e-6)
    counts = weights[:, 1:] * scenario.curator.n_kept
    np.testing.assert_allclose(counts, counts.round(), atol=1e-4)


def test_a_seed_is_the_same_alone_and_beside_others():
    scenario, atoms = small(3)
    many = resampled_weights(scenario, atoms, 3, 4, 10)
    alone = resampled_weights(scenario, atoms, 3, 1, 12)
    np.testing.assert_array_equal(alone[0], many[2])
