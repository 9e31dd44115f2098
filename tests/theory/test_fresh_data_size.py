"""What a Gaussian with fresh data is worth: exact limits and a simulated loop."""

import math

import numpy as np
import pytest
from support import assert_mean, deviations

from retrain_sim.theory import (
    fresh_data_error,
    fresh_data_limit,
    fresh_data_sample_size,
)
from retrain_sim.theory.laws.fresh_data_pairs import squared_covariance
from retrain_sim.theory.laws.fresh_data_size import limit_moments

N_RUNS, N_ROUNDS = 20_000, 25


def simulated(n_real, n_synthetic, bias, n_runs=N_RUNS, seed=0):
    """Refit in many runs; the squared mean and the variance of every last model."""
    rng = np.random.default_rng(seed)
    mean, variance = np.zeros(n_runs), np.ones(n_runs)
    for _ in range(N_ROUNDS):
        made = (
            rng.normal(size=(n_runs, n_synthetic)) * np.sqrt(bias * variance)[:, None]
        )
        rows = [rng.normal(size=(n_runs, n_real)), made + mean[:, None]]
        x = np.concatenate(rows, axis=1)
        mean, variance = x.mean(axis=1), x.var(axis=1, ddof=1)
    return mean**2, variance


@pytest.mark.parametrize("sizes", [(10, 25, 1.0), (10, 25, 0.7), (1, 4, 0.5)])
def test_moments_are_those_of_a_simulated_loop(sizes):
    p, v = simulated(*sizes)
    assert_mean(np.stack([p, v, p**2, p * v, v**2], axis=1), limit_moments(*sizes))


def test_a_wrong_bias_is_noticed():
    p, v = simulated(10, 25, 0.7)
    deviation = deviations(np.stack([p, v], axis=1), limit_moments(10, 25, 0.75)[:2])
    assert (np.abs(deviation) > 4).any()


@pytest.mark.parametrize("bias", [1.0, 0.7])
def test_the_error_is_the_distance_of_gaussians(bias):
    """Exact in one dimension, beyond the second order by less than 3 %."""
    p, v = simulated(30, 60, bias, n_runs=4000)
    exact = (p + (np.sqrt(v) - 1) ** 2).mean()
    assert exact == pytest.approx(fresh_data_error(30, 60, bias), rel=0.03)


def test_real_samples_alone_are_worth_themselves():
    for n in (2, 7, 1000):
        assert fresh_data_sample_size(n, 0) == pytest.approx(n, rel=1e-9)
        assert fresh_data_error(n, 0) == pytest.approx(1 / n + 0.5 / (n - 1))


def test_the_moments_are_those_of_the_moment_equations():
    for bias in (0.0, 0.5, 1.0):
        expected = fresh_data_limit(20, 60, bias)
        np.testing.assert_allclose(limit_moments(20, 60, bias)[:2], expected, rtol=1e-9)


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
    assert at == [129, 225, 285, 296, 297]
    assert [most_that_help(1000, bias) for bias in (0.7, 0.85, 0.95)] == [74, 225, 972]


def test_sizes_out_of_range_are_refused():
    with pytest.raises(ValueError, match="n_real is 0"):
        fresh_data_sample_size(0, 5)
    with pytest.raises(ValueError, match=r"n_real \+ n_synthetic is 1"):
        fresh_data_sample_size(1, 0)
    with pytest.raises(ValueError, match=r"sampling_bias contains 1\.5"):
        fresh_data_error(5, 5, 1.5)


def simulated_matrices(n_real, n_synthetic, bias, dim=3, n_runs=4000):
    """Refit in many runs; mean and covariance of every last model."""
    rng = np.random.default_rng(1)
    mean, cov = (
        np.zeros((n_runs, dim)),
        np.broadcast_to(np.eye(dim), (n_runs, dim, dim)),
    )
    for _ in range(N_ROUNDS):
        root = np.linalg.cholesky(bias * cov)
        z = rng.normal(size=(n_runs, n_real + n_synthetic, dim))
        z[:, n_real:] = z[:, n_real:] @ root.swapaxes(1, 2) + mean[:, None]
        mean = z.mean(axis=1)
        centered = z - mean[:, None]
        cov = centered.swapaxes(1, 2) @ centered / (z.shape[1] - 1)
    return mean, cov


@pytest.fixture(scope="module")
def loops():
    return simulated_matrices(12, 20, 0.8)


def test_covariances_of_two_coordinates_are_those_of_a_simulated_loop(loops):
    squares = (loops[1][:, [0, 0, 1], [1, 2, 2]] ** 2).mean(axis=1)
    gap = squares.mean() - squared_covariance(12, 20, 0.8)
    assert abs(gap) < 4 * squares.std(ddof=1) / math.sqrt(len(squares))


def distance_of(mean, cov):
    """Return the mean exact W2^2 of Gaussians to N(0, I), per coordinate."""
    roots = np.sqrt(np.linalg.eigvalsh(cov)).sum(axis=1)
    spread = np.trace(cov, axis1=1, axis2=2) + mean.shape[1] - 2 * roots
    return ((mean**2).sum(axis=1) + spread).mean() / mean.shape[1]


@pytest.mark.parametrize("bias", [1.0, 0.8])
def test_the_error_is_the_distance_in_three_dimensions(bias):
    """Within 5 % with 200 rows; the law of one dimension is further off."""
    found = distance_of(*simulated_matrices(60, 140, bias, n_runs=400))
    assert found == pytest.approx(fresh_data_error(60, 140, bias, dim=3), rel=0.05)
    assert found > 1.1 * fresh_data_error(60, 140, bias)


def test_few_rows_are_beyond_the_second_order():
    found = distance_of(*simulated_matrices(4, 4, 1.0, n_runs=400))
    assert found != pytest.approx(fresh_data_error(4, 4, dim=3), rel=0.05)


def test_unbiased_samples_at_most_double_in_every_dimension():
    for dim in (1, 2, 10, 100):
        assert fresh_data_sample_size(50, 0, dim=dim) == pytest.approx(50, rel=1e-9)
        worth = [fresh_data_sample_size(1000, n, dim=dim) for n in (10, 1000, 10**7)]
        assert 1000 < worth[0] < worth[1] < worth[2] < 2010


def test_a_dimension_out_of_range_is_refused():
    with pytest.raises(ValueError, match="dim is 0"):
        fresh_data_error(5, 5, dim=0)


def test_strong_biases_in_ten_dimensions():
    """Within 4 %, where an expansion around the truth would be 35 % off."""
    found = distance_of(*simulated_matrices(100, 900, 0.8, dim=10, n_runs=30))
    assert found == pytest.approx(fresh_data_error(100, 900, 0.8, dim=10), rel=0.04)
    _, s, _, _, v2 = limit_moments(100, 900, 0.8)
    assert (v2 - 2 * s + 1) / 4 < 0.7 * found
