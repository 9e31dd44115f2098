"""What a Gaussian with fresh data is worth: exact limits and a simulated loop."""

import math

import numpy as np
import pytest

from retrain_sim.theory import (
    fresh_data_error,
    fresh_data_limit,
    fresh_data_sample_size,
)
from retrain_sim.theory.laws.fresh_data_pairs import squared_covariance

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


def test_the_error_in_three_dimensions_is_that_of_a_simulated_loop(loops):
    mean, cov = loops
    off = ((cov - np.eye(3)) ** 2).sum(axis=(1, 2)) / 4
    found = ((mean**2).sum(axis=1) + off) / 3
    gap = found.mean() - fresh_data_error(12, 20, 0.8, dim=3)
    error = found.std(ddof=1) / math.sqrt(len(found))
    assert abs(gap) < 4 * error
    assert abs(found.mean() - fresh_data_error(12, 20, 0.8)) > 4 * error


def test_covariances_of_two_coordinates_are_those_of_a_simulated_loop(loops):
    squares = (loops[1][:, [0, 0, 1], [1, 2, 2]] ** 2).mean(axis=1)
    gap = squares.mean() - squared_covariance(12, 20, 0.8)
    assert abs(gap) < 4 * squares.std(ddof=1) / math.sqrt(len(squares))


def test_the_second_order_is_that_of_the_distance_of_gaussians():
    """Exact W2 of 3-D Gaussians: within 5 % with 200 rows, not with few."""

    def ratio(n_real, n_synthetic):
        mean, cov = simulated_matrices(n_real, n_synthetic, 1.0, n_runs=400)
        spread = np.trace(cov, axis1=1, axis2=2)
        roots = np.sqrt(np.linalg.eigvalsh(cov)).sum(axis=1)
        exact = (mean**2).sum(axis=1) + spread + 3 - 2 * roots
        return exact.mean() / (3 * fresh_data_error(n_real, n_synthetic, dim=3))

    assert abs(ratio(60, 140) - 1) < 0.05 < abs(ratio(2, 4) - 1)


def test_unbiased_samples_at_most_double_in_every_dimension():
    for dim in (1, 2, 10, 100):
        assert fresh_data_sample_size(50, 0, dim=dim) == pytest.approx(50, rel=1e-9)
        worth = [fresh_data_sample_size(1000, n, dim=dim) for n in (10, 1000, 10**7)]
        assert 1000 < worth[0] < worth[1] < worth[2] < 2010


def test_a_dimension_out_of_range_is_refused():
    with pytest.raises(ValueError, match="dim is 0"):
        fresh_data_error(5, 5, dim=0)
