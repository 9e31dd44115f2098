"""Finite samples alone: letters without curation, and masses that are held."""

import math

import numpy as np
import pytest
from support import assert_mean, deviations, prepared_of, slow

from retrain_sim.simulate import Simulation
from retrain_sim.theory import (
    count_chain,
    hard_separation_mass,
    neutral_heterozygosity,
    two_plateau_round,
)

SEEDS = 3000
HARD = [
    {"name": "a", "kind": "table", "values": [60.0, 0.0]},
    {"name": "b", "kind": "table", "values": [0.0, 60.0]},
]


def simulated(**settings):
    """Simulate a coin: rows [seed, round]."""
    prepared = prepared_of("coin-drift", run__seeds=SEEDS, **settings)
    rows = Simulation(prepared).run().rows
    return {metric: values[0] for metric, values in rows.items()}


def test_heterozygosity_of_an_uncurated_alphabet():
    rows = simulated(curation__n_kept=10, run__rounds=12)
    expected = neutral_heterozygosity(0.5, 10, 12)
    assert_mean(rows["collapse/heterozygosity"][:, 1:], expected[1:])


def test_an_uncurated_share_keeps_its_mean():
    rows = simulated(curation__n_kept=10, run__rounds=12)
    assert_mean(rows["share/heads"][:, 1:], 0.5)


def choice(slate_size, n_candidates, n_kept, voter_weights):
    return {
        "curation": {
            "kind": "k-choice",
            "slate_size": slate_size,
            "n_candidates": n_candidates,
            "n_kept": n_kept,
            "voter_weights": voter_weights,
        }
    }


def test_heterozygosity_when_uniform_choices_share_a_pool():
    """K = 1 is no curation, but its choices come from one pool of n candidates."""
    rows = simulated(run__rounds=8, **choice(1, 12, 10, [1.0]))
    expected = neutral_heterozygosity(0.5, 10, 8, n_candidates=12)
    found = rows["collapse/heterozygosity"][:, 1:]
    assert_mean(found, expected[1:])
    without_pool = neutral_heterozygosity(0.5, 10, 8)
    assert (deviations(found, without_pool[1:]) < -10).all()


def test_hard_separation_at_k_inf_is_binomial_afresh_each_round():
    """a_t ~ Binomial(n_kept, q) / n_kept, whatever a_{t-1} was."""
    q, n_kept = 0.3, 40
    curated = choice(math.inf, 400, n_kept, [q, 1 - q])
    share = simulated(reward=HARD, run__rounds=3, **curated)["share/heads"][:, 1:]
    assert_mean(share, q)
    assert_mean((share - q) ** 2, q * (1 - q) / n_kept)
    assert_mean((share[:, 1:] - q) * (share[:, :-1] - q), 0.0)
    np.testing.assert_allclose(share * n_kept, np.round(share * n_kept), atol=1e-4)


def test_one_hard_reward_powers_away_the_rest():
    """1 - a_1 = (1 - a_0)^K, one round from a known start."""
    curated = choice(4, 64, 64, [1.0, 0.0])
    rows = simulated(reward=HARD, data__probs=[0.1, 0.9], run__rounds=1, **curated)
    expected = hard_separation_mass(0.1, 4, 1)
    assert_mean(rows["share/heads"][:, 1], expected[1])


SOFT = [
    {"name": "a", "kind": "table", "values": [1.0, 0.0]},
    {"name": "b", "kind": "table", "values": [0.0, 2.0]},
]


@pytest.mark.parametrize(
    ("slate_size", "pool"),
    [(1, 30), slow(3, 3000), (math.inf, 30)],
)
def test_whole_trajectories_follow_the_exact_chain(slate_size, pool):
    """Moments of all rounds, not of one: the map itself is off by the drift.

    At K = 3 the chain has no pool; that of 3000 adds a hundredth of the variance.
    """
    q, n_kept, n_rounds = 0.6, 20, 6
    curated = choice(slate_size, pool, n_kept, [q, 1 - q])
    share = simulated(reward=SOFT, run__rounds=n_rounds, **curated)["share/heads"]

    def one_round(a):
        return two_plateau_round(a, q, slate_size, math.exp(-1), math.exp(-2))

    n_pool = math.inf if slate_size == 3 else pool
    chain = count_chain(one_round, n_kept, n_pool=n_pool)
    laws = [np.linalg.matrix_power(chain.transition, t)[10] for t in range(1, 7)]
    found = share[:, 1:]
    values = chain.states[:, 0] / n_kept
    assert_mean(found, laws @ values)
    assert_mean(found**2, laws @ values**2)
    assert_mean(found > 0.62, laws @ (values > 0.62))
    iterated = 0.5
    for _ in range(n_rounds):
        iterated = one_round(iterated)
    wrong = deviations((found[:, -1] - iterated) ** 2, 0.0)
    assert wrong > 10  # the spread that the map does not have
