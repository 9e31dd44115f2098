"""The exact chain on counts against closed forms and against simulated atoms."""

import math
import re

import numpy as np
import pytest
from scipy.stats import binom, multinomial

from retrain_sim.theory import (
    coexistence_threshold,
    count_chain,
    fixation,
    limit,
    linear_noise_variance,
    neutral_heterozygosity,
    population_round,
    simulate_counts,
    stationary_law,
    two_plateau_round,
)

HARD = np.array([[60.0, 0.0], [0.0, 60.0]])
CONDORCET = np.array([[2.0, 1.0, 0.0], [0.0, 2.0, 1.0], [1.0, 0.0, 2.0]])
N_SEEDS = 3000
GAME = [0.5, 0.5], HARD, [0.5, 0.5], 3


def neutral(a):
    return a


def plateaus(q, slate_size, *leakage):
    return lambda a: two_plateau_round(a, q, slate_size, *leakage)


def variance_of(chain):
    law, _ = stationary_law(chain)
    share = chain.states[:, 0] / chain.states[0].sum()
    return law @ share**2 - (law @ share) ** 2


def assert_mean(samples, expected, n_errors=4.0):
    """Compare the mean over runs [n_runs, ...] with a law, in standard errors."""
    error = samples.std(axis=0, ddof=1) / math.sqrt(len(samples))
    assert (np.abs(samples.mean(axis=0) - expected) <= n_errors * error).all()


# The chain


@pytest.mark.parametrize("slate_size", [1, 3, math.inf])
def test_rows_are_binomial_about_the_round(slate_size):
    chain = count_chain(plateaus(0.3, slate_size, 0.1, 0.2), 12)
    np.testing.assert_array_equal(chain.states[:, 0], np.arange(13))
    kept = two_plateau_round(np.arange(13) / 12, 0.3, slate_size, 0.1, 0.2)
    expected = binom.pmf(np.arange(13), 12, kept[:, None])
    np.testing.assert_allclose(chain.transition, expected, rtol=0, atol=1e-13)


def test_three_types_are_multinomial_about_the_round():
    weights = [0.5, 0.3, 0.2]

    def round_map(shares):
        full = np.column_stack([shares, 1 - shares.sum(axis=1)])
        rounds = [population_round(p, CONDORCET, weights, 4) for p in full]
        return np.array(rounds)[:, :-1]

    chain = count_chain(round_map, 6, n_types=3)
    assert chain.states.shape == (28, 3)
    row = chain.states.tolist().index([1, 2, 3])
    kept = population_round([1 / 6, 2 / 6, 3 / 6], CONDORCET, weights, 4)
    expected = multinomial.pmf(chain.states, 6, kept)
    np.testing.assert_allclose(chain.transition[row], expected, rtol=0, atol=1e-14)


def test_hard_separation_is_binomial_afresh_each_round():
    chain = count_chain(plateaus(0.3, math.inf), 40)
    expected = binom.pmf(np.arange(41), 40, 0.3)
    inside = np.tile(expected, (39, 1))
    np.testing.assert_allclose(chain.transition[1:-1], inside, rtol=0, atol=1e-14)
    law, stays = stationary_law(chain)
    np.testing.assert_allclose(law[1:-1], expected[1:-1] / stays, rtol=1e-9, atol=1e-17)


@pytest.mark.parametrize("n_pool", [7, math.inf])
def test_neutral_heterozygosity_falls_as_the_law_says(n_pool):
    chain = count_chain(neutral, 10, n_pool=n_pool)
    share = chain.states[:, 0] / 10
    law = (np.arange(11) == 3).astype(float)
    for expected in neutral_heterozygosity(0.42, 10, 12, n_candidates=n_pool):
        found = law @ (2 * share * (1 - share))
        assert found == pytest.approx(expected, rel=1e-12, abs=0)
        law = law @ chain.transition


# Fixation and stationary laws


def test_neutral_types_fix_with_the_probability_of_their_share():
    chain = count_chain(neutral, 5, n_types=3)
    end = fixation(chain)
    assert end.absorbing.size == 3
    fixed = chain.states[end.absorbing].argmax(axis=1)
    np.testing.assert_allclose(
        end.probs[:, fixed.argsort()], chain.states / 5, rtol=0, atol=1e-13
    )


def test_the_mean_rounds_to_fixation_sum_the_rounds_not_yet_fixed():
    chain = count_chain(plateaus(0.5, 2, 0.2, 0.4), 12)
    end = fixation(chain)
    law, total = (np.arange(13) == 4).astype(float), 0.0
    for _ in range(2000):
        total += law[1:-1].sum()
        law = law @ chain.transition
    assert end.rounds[4] == pytest.approx(total, rel=1e-12, abs=0)
    np.testing.assert_allclose(end.probs[4], law[[0, -1]], rtol=1e-12)


def test_neutral_diversity_is_lost_at_one_over_n():
    _, stays = stationary_law(count_chain(neutral, 25))
    assert stays == pytest.approx(1 - 1 / 25, rel=1e-12, abs=0)


def test_real_data_keep_a_stationary_law():
    chain = count_chain(lambda a: 0.1 * 0.4 + 0.9 * a, 30)
    law, stays = stationary_law(chain)
    assert stays == pytest.approx(1.0, rel=1e-9, abs=0)
    np.testing.assert_allclose(law @ chain.transition, law, rtol=0, atol=1e-12)
    with pytest.raises(ValueError, match="no absorbing state"):
        fixation(chain)


def test_a_held_minority_outlives_float64():
    with pytest.raises(FloatingPointError, match="more than"):
        fixation(count_chain(plateaus(0.5, math.inf), 200))


# Linear noise


@pytest.mark.parametrize(
    ("slate_size", "n_pool"),
    [(3, math.inf), (8, math.inf), (math.inf, math.inf), (math.inf, 600)],
)
def test_linear_noise_is_the_variance_of_the_chain(slate_size, n_pool):
    q, k, n_kept = 0.45, 0.05, 600
    end = limit([0.5, 0.5], np.log([[1, k], [k, 1]]), [q, 1 - q], slate_size)
    a, h = end.probs[0], 1e-6
    ahead, behind = two_plateau_round([a + h, a - h], q, slate_size, k, k)
    slope = (ahead - behind) / (2 * h)
    chain = count_chain(plateaus(q, slate_size, k, k), n_kept, n_pool=n_pool)
    predicted = linear_noise_variance(a, slope, n_kept, n_pool)
    # The next order is 1 / (n_kept (1 - b^2)) times a number of order one.
    tolerance = 4.0 / (n_kept * (1 - slope**2))
    assert tolerance < 0.05
    assert variance_of(chain) == pytest.approx(predicted, rel=tolerance, abs=0)


def test_linear_noise_is_exact_for_linear_rounds_but_for_the_state():
    """For f(a) = s r + (1 - s) a, V (1 - b^2 (1 - 1/n)) = r (1 - r) / n exactly."""
    n, share, real = 50, 0.2, 0.3
    chain = count_chain(lambda a: share * real + (1 - share) * a, n)
    b = 1 - share
    exact = real * (1 - real) / n / (1 - b * b * (1 - 1 / n))
    # f(a)(1 - f(a)) / n has mean (r (1 - r) - b^2 V) / n.
    exact_chain = real * (1 - real) / n / (1 - b * b + b * b / n)
    assert exact == pytest.approx(exact_chain, rel=1e-14, abs=0)
    assert variance_of(chain) == pytest.approx(exact, rel=1e-9, abs=0)


# Simulation


@pytest.mark.parametrize(
    ("q", "slate_size", "gap"), [(0.4, 3, 60.0), (0.6, 2, 1.5), (0.3, math.inf, 2.0)]
)
def test_simulated_counts_follow_the_chain(q, slate_size, gap):
    n_kept, n_rounds, k = 10, 8, math.exp(-gap)
    chain = count_chain(plateaus(q, slate_size, k, k), n_kept)
    paths = simulate_counts(
        1,
        [0.5, 0.5],
        [[gap, 0.0], [0.0, gap]],
        [q, 1 - q],
        slate_size,
        n_kept=n_kept,
        n_rounds=n_rounds,
        n_seeds=N_SEEDS,
    )
    counts = np.rint(paths[:, :, 0] * n_kept).astype(int)
    np.testing.assert_allclose(paths[:, :, 0] * n_kept, counts, rtol=0, atol=1e-12)
    law = (np.arange(n_kept + 1) == 5).astype(float)
    for t in range(1, n_rounds + 1):
        law = law @ chain.transition
        hits = counts[:, t, None] == np.arange(n_kept + 1)
        error = np.sqrt(law * (1 - law) / N_SEEDS)
        assert (np.abs(hits.mean(axis=0) - law) <= 4 * error + 1e-12).all()


def test_simulated_fixation_takes_the_rounds_of_the_chain():
    n_kept = 8
    end = fixation(count_chain(plateaus(0.5, 2, 0.3, 0.3), n_kept))
    gap = -math.log(0.3)
    paths = simulate_counts(
        2,
        [0.5, 0.5],
        [[gap, 0.0], [0.0, gap]],
        [0.5, 0.5],
        2,
        n_kept=n_kept,
        n_rounds=120,
        n_seeds=1500,
    )
    mixed = (paths.max(axis=2) < 1).sum(axis=1)
    assert (paths[:, -1].max(axis=1) == 1).all()
    assert_mean(mixed, end.rounds[4])
    assert_mean(paths[:, -1, 0], end.probs[4, 1])


def test_uncurated_atoms_lose_heterozygosity_at_the_neutral_rate():
    start = np.array([0.4, 0.3, 0.2, 0.1])
    paths = simulate_counts(
        3, start, np.zeros((1, 4)), [1.0], 1, n_kept=9, n_rounds=6, n_seeds=N_SEEDS
    )
    expected = neutral_heterozygosity(1 - (start**2).sum(), 9, 6)
    assert_mean((1 - (paths**2).sum(axis=2))[:, 1:], expected[1:])


def test_one_round_with_real_data_has_the_mean_of_the_map():
    start, real = [0.5, 0.3, 0.2, 0.0], [0.1, 0.1, 0.4, 0.4]
    game = start, np.vstack([CONDORCET.T, np.ones(3)]).T, [0.5, 0.3, 0.2], 4
    mixed = {"real_probs": real, "real_share": 0.25}
    paths = simulate_counts(4, *game, n_kept=20, n_rounds=1, n_seeds=N_SEEDS, **mixed)
    expected = population_round(*game, **mixed)
    np.testing.assert_allclose(paths[:, 1, 3], 0.1, rtol=1e-15)
    assert_mean(paths[:, 1, :3], expected[:3])


def test_seeds_repeat_and_rows_are_distributions():
    def run(seed):
        return simulate_counts(seed, *GAME, n_kept=7, n_rounds=4, n_seeds=3)

    first = run(5)
    np.testing.assert_array_equal(first, run(5))
    assert (first != run(6)).any()
    assert (first[0] != first[1]).any()
    np.testing.assert_allclose(first.sum(axis=2), 1.0, rtol=1e-15)


@pytest.mark.slow
def test_slates_of_two_lose_a_type_that_slates_of_four_hold():
    q, k, n_kept = 0.4, 0.05, 60
    low, high = coexistence_threshold(4, k, k)
    assert low < q < high
    rounds = [
        fixation(count_chain(plateaus(q, size, k, k), n_kept)).rounds[30]
        for size in (2, 4)
    ]
    assert rounds[0] < 100
    assert rounds[1] > 10 * rounds[0]


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: count_chain(neutral, 0), "n_kept is 0, allowed integers >= 1"),
        (lambda: count_chain(neutral, 5, n_types=1), "n_types is 1"),
        (lambda: count_chain(neutral, 9000), "9001 states, allowed <= 6000"),
        (lambda: count_chain(neutral, 5, n_pool=0.5), "n_pool is 0.5"),
        (lambda: count_chain(lambda a: 2 * a, 5), "round_map contains 1.2"),
        (lambda: count_chain(lambda a: a[0], 5), "round_map gives shape (1,)"),
        (lambda: linear_noise_variance(0.5, 1.0, 5), "slope contains 1.0"),
        (lambda: linear_noise_variance(1.5, 0.0, 5), "share contains 1.5"),
        (lambda: linear_noise_variance(0.5, 0.0, 5, 0), "n_pool is 0"),
        (
            lambda: simulate_counts(-1, *GAME, n_kept=1, n_rounds=1, n_seeds=1),
            "seed is -1",
        ),
        (
            lambda: simulate_counts(0, *GAME, n_kept=0, n_rounds=1, n_seeds=1),
            "n_kept is 0",
        ),
        (
            lambda: simulate_counts(0, *GAME, n_kept=1, n_rounds=1, n_seeds=0),
            "n_seeds is 0",
        ),
    ],
)
def test_wrong_arguments_are_named_in_one_line(call, message):
    with pytest.raises(ValueError, match=re.escape(message)) as caught:
        call()
    assert "\n" not in str(caught.value)
