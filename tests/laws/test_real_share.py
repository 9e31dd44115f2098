"""Real data in every round, through the whole simulation."""

import math

import numpy as np
import pytest
from support import assert_close, assert_mean, deviations, prepared_of

from retrain_sim.simulate import Simulation
from retrain_sim.theory import population_trajectory

START = 0.25


def simulated(real_share):
    """One hard reward, for the first of two letters: its share [seed, round]."""
    prepared = prepared_of(
        "two-tribes",
        data__probs=[START, 1 - START],
        data__names=["liked", "other"],
        reward=[{"name": "r", "kind": "table", "values": [60.0, 0.0]}],
        curation__voter_weights=[1.0],
        curation__slate_size=2,
        curation__n_candidates=5000,
        curation__n_kept=5000,
        regime={"kind": "real-share", "real_share": real_share},
        headline={"metric": "share/liked"},
        claim=[],
        arms={"one": {}},
        run__rounds=12,
        run__seeds=32,
    )
    return Simulation(prepared).run().rows["share/liked"][0]


def test_half_real_data_at_k_2_settle_at_the_root_of_the_start():
    """a = s a_0 + (1 - s) (1 - (1 - a)^2) at s = 1/2 is a^2 = a_0."""
    share = simulated(0.5)
    assert_mean(share[:, -1], math.sqrt(START))


@pytest.mark.parametrize("real_share", [0.2, 0.8])
def test_every_round_follows_the_population_map(real_share):
    """Trajectories are biased by 1/n at most: far below the standard errors."""
    share = simulated(real_share)
    path = population_trajectory(
        [START, 1 - START],
        [[60.0, 0.0]],
        [1.0],
        2,
        12,
        real_probs=[START, 1 - START],
        real_share=real_share,
    )
    assert_mean(share[:, 1:], path[1:, 0])


def test_without_real_data_the_liked_letter_takes_all():
    assert simulated(0.0)[:, -1].tolist() == [1.0] * 32


def test_real_data_alone_give_the_first_law_back():
    share = simulated(1.0)
    assert_close(share, np.full_like(share, START))


def test_another_real_share_is_told_apart():
    share = simulated(0.45)
    assert np.abs(deviations(share[:, -1], math.sqrt(START))) > 10
