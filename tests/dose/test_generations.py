"""The dose over generations, against simulated generations and published values."""

import math

import numpy as np
import pytest
from support import assert_mean

from retrain_sim.dose.laws import (
    Generation,
    best_fixed_dose,
    best_mean_ratio,
    fixed_dose_errors,
    fixed_dose_limit,
    golden_real_weight,
    kalman_errors,
    kalman_weight,
    mean_task,
)
from retrain_sim.theory import fresh_data_limit


def simulated(generation, weights, n_runs=20_000):
    """Estimate a mean generation after generation; return squared errors [runs, T]."""
    rng = np.random.default_rng(0)
    sd_real, sd_made = np.sqrt(generation.errors())
    estimate = sd_real * rng.normal(size=n_runs)
    errors = [estimate**2]
    for w in weights:
        made = estimate + generation.bias + sd_made * rng.normal(size=n_runs)
        estimate = w * made + (1 - w) * sd_real * rng.normal(size=n_runs)
        errors.append(estimate**2)
    return np.stack(errors, axis=1)


@pytest.mark.parametrize("weight", [0.0, 0.3, 0.9, 1.0])
@pytest.mark.parametrize("bias", [0.0, 0.2])
def test_fixed_doses_have_the_errors_of_simulated_generations(weight, bias):
    generation = Generation(20, 40, 1.5, bias)
    law = fixed_dose_errors(generation, weight, 12)
    assert_mean(simulated(generation, [weight] * 12), law)


@pytest.mark.parametrize("n_synthetic", [25, math.inf])
def test_kalman_weights_have_the_errors_of_simulated_generations(n_synthetic):
    generation = Generation(20, n_synthetic, 2.0)
    law = kalman_errors(generation, 12)
    weights = [kalman_weight(generation, error) for error in law[:-1]]
    assert_mean(simulated(generation, weights), law)


def test_infinitely_many_synthetic_points_remember_everything():
    t = np.arange(51)
    law = kalman_errors(Generation(20, math.inf, 1.7), 50)
    np.testing.assert_allclose(law, 1.7 / (20 * (t + 1)), rtol=1e-12)


@pytest.mark.parametrize(("w", "expected"), [(0.3, 0.0294), (0.9, 0.1092)])
def test_reference_values_of_steady_states(w, expected):
    """The published table: N = 20, M = 40 synthetic points, sigma = 1."""
    assert fixed_dose_limit(Generation(20, 40), w) == pytest.approx(expected, abs=1e-4)


def test_own_samples_alone_are_a_random_walk():
    path = fixed_dose_errors(Generation(20, 40), 1.0, 60)
    assert path[-1] - path[0] == pytest.approx(60 / 40)
    assert fixed_dose_limit(Generation(20, 40), 1.0) == math.inf
    assert fixed_dose_limit(Generation(20), 1.0) == 1 / 20


@pytest.mark.parametrize("bias", [0.0, 0.1])
@pytest.mark.parametrize("n_synthetic", [15, math.inf])
def test_the_limit_is_where_the_rounds_end(bias, n_synthetic):
    generation = Generation(20, n_synthetic, 1.0, bias)
    path = fixed_dose_errors(generation, 0.7, 200)
    assert path[-1] == pytest.approx(fixed_dose_limit(generation, 0.7), rel=1e-9)


def test_infinitely_many_synthetic_points_at_a_fixed_dose():
    limit = fixed_dose_limit(Generation(20), 0.25)
    assert limit == pytest.approx(0.75 / 1.25 / 20)


@pytest.mark.parametrize(
    ("k", "expected"), [(1, 0.618), (0.5, 0.732), (2, 0.5), (5, 0.358), (10, 0.270)]
)
def test_the_golden_ratio_and_its_kin(k, expected):
    v = golden_real_weight(k)
    assert v == pytest.approx(expected, abs=5e-4)
    generation = Generation(1000, 1000 * k)
    assert fixed_dose_limit(generation, 1 - v) == pytest.approx(v / 1000, rel=1e-12)
    assert best_fixed_dose(generation) == pytest.approx(1 - v, abs=1e-6)


def test_pooled_weights_are_worse_than_the_golden_ratio():
    k = 1
    pooled = fixed_dose_limit(Generation(1, k), k / (1 + k))
    assert pooled == pytest.approx((1 + k) / (1 + 2 * k))
    assert pooled > golden_real_weight(k)


def test_a_biased_generator_lowers_the_best_dose():
    doses = [best_fixed_dose(Generation(20, math.inf, 1.0, b)) for b in (0, 0.1, 0.3)]
    assert doses[0] == 1.0
    assert doses == sorted(doses, reverse=True)
    grid = np.linspace(0, 0.99, 9901)
    errors = [fixed_dose_limit(Generation(20, math.inf, 1.0, 0.3), w) for w in grid]
    assert doses[2] == pytest.approx(grid[np.argmin(errors)], abs=2e-4)


def test_one_generation_is_the_one_shot_law():
    """The gain is the weighted law, with the previous error for the distance."""
    weight = kalman_weight(Generation(20), 0.09)
    assert weight == pytest.approx(0.35714, abs=1e-5)
    assert best_mean_ratio(mean_task(20, 0.3)) * 20 == pytest.approx(7.69, abs=0.01)


def test_a_refitted_gaussian_obeys_the_law_of_the_mean_but_for_its_variance():
    """MAD's moment equations, whose variance ends half a percent above 1."""
    mean, variance = fresh_data_limit(100, 900)
    law = fixed_dose_limit(Generation(100, 900), 0.9)
    assert variance == pytest.approx(1.0048, abs=1e-4)
    assert law < mean < law * variance


@pytest.mark.parametrize(
    ("call", "says"),
    [
        (lambda: fixed_dose_limit(Generation(0), 0.5), "n_real is 0"),
        (lambda: fixed_dose_limit(Generation(5, 0), 0.5), "n_synthetic is 0"),
        (lambda: fixed_dose_limit(Generation(5), 1.5), "weight contains 1.5"),
        (lambda: kalman_weight(Generation(5), -1.0), "error is -1"),
        (lambda: kalman_errors(Generation(5, bias=0.1), 3), "bias contains 0.1"),
        (lambda: golden_real_weight(0), "synthetic_to_real contains 0"),
    ],
)
def test_arguments_out_of_range_are_named(call, says):
    with pytest.raises(ValueError, match=says):
        call()
