"""What a Gaussian with fresh data is worth: exact limits and a simulated loop."""

import math

import numpy as np
import pytest

from retrain_sim.theory import (
    fresh_data_error,
    fresh_data_limit,
    fresh_data_sample_size,
)

N_RUNS, N_ROUNDS = 20_000, 25


def simulated_error(n_real, n_synthetic, bias, seed=0):
    """Refit in many runs; the distance of every last model to the truth."""
    rng = np.random.default_rng(seed)
    mean, variance = np.zeros(N_RUNS), np.ones(N_RUNS)
    for _ in range(N_ROUNDS):
        made = (
            rng.normal(size=(N_RUNS, n_synthetic)) * np.sqrt(bias * variance)[:, None]
        )
        rows = [rng.normal(size=(N_RUNS, n_real)), made + mean[:, None]]
        x = np.concatenate(rows, axis=1)
        mean, variance = x.mean(axis=1), x.var(axis=1, ddof=1)
    return mean**2 + (variance - 1) ** 2 / 4


@pytest.mark.parametrize("sizes", [(10, 25, 1.0), (10, 25, 0.7), (1, 4, 0.5)])
def test_the_error_is_that_of_a_simulated_loop(sizes):
    found = simulated_error(*sizes)
    gap = found.mean() - fresh_data_error(*sizes)
    assert abs(gap) < 4 * found.std(ddof=1) / math.sqrt(N_RUNS)


def test_a_wrong_bias_is_noticed():
    found = simulated_error(10, 25, 0.7)
    gap = found.mean() - fresh_data_error(10, 25, 0.75)
    assert abs(gap) > 4 * found.std(ddof=1) / math.sqrt(N_RUNS)


def test_real_samples_alone_are_worth_themselves():
    for n in (2, 7, 1000):
        assert fresh_data_sample_size(n, 0) == pytest.approx(n, rel=1e-9)
        assert fresh_data_error(n, 0) == pytest.approx(1 / n + 0.5 / (n - 1))


def test_the_mean_agrees_with_the_moment_equations():
    """At bias 0 the variance of the synthetic part is 0: only the mean is recycled."""
    mean, variance = fresh_data_limit(20, 60, 0.0)
    assert fresh_data_error(20, 60, 0.0) > mean + (variance - 1) ** 2 / 4


def test_unbiased_samples_always_help_and_at_most_double():
    worth = [fresh_data_sample_size(100, n) for n in (1, 10, 100, 1000, 10**6)]
    assert (np.diff([100, *worth]) > 0).all()
    double = fresh_data_sample_size(10_000, 10**9) / 10_000
    assert double == pytest.approx(2, rel=1e-3)


def most_that_help(n_real, bias):
    """Bisect for the last number of synthetic samples that still helps."""
    low, high = 1, 10**6
    while high - low > 1:
        middle = (low + high) // 2
        helps = fresh_data_sample_size(n_real, middle, bias) > n_real
        low, high = (middle, high) if helps else (low, middle)
    return low


def test_what_helps_of_biased_samples_saturates_in_real_ones():
    """The claim of Alemohammad et al., figures 11 and 12, in closed form."""
    at = [most_that_help(10**k, 0.85) for k in (2, 3, 4, 5, 6)]
    assert at == [147, 242, 304, 316, 317]
    assert [most_that_help(1000, bias) for bias in (0.7, 0.85, 0.95)] == [84, 242, 1013]


def test_sizes_out_of_range_are_refused():
    with pytest.raises(ValueError, match="n_real is 0"):
        fresh_data_sample_size(0, 5)
    with pytest.raises(ValueError, match=r"n_real \+ n_synthetic is 1"):
        fresh_data_sample_size(1, 0)
    with pytest.raises(ValueError, match=r"sampling_bias contains 1\.5"):
        fresh_data_error(5, 5, 1.5)
