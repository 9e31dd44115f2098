"""The closed forms against exact identities, exact chains and short simulations."""

import math
import re

import numpy as np
import pytest
from scipy.integrate import quad
from scipy.stats import binom, chi2

from retrain_sim.theory import (
    fresh_data_limit,
    fresh_data_moments,
    gaussian_accumulate_variance,
    gaussian_log_variance,
    gaussian_mean_drift,
    gaussian_subsample_variance,
    gaussian_variance,
    hard_separation_mass,
    kernel_density_variance,
    neutral_heterozygosity,
    regression_excess_risk,
    softmax_trajectory,
    two_plateau_round,
)

N_RUNS = 4000


def assert_mean(samples, expected, n_errors=4.0):
    """Compare the mean over runs [n_runs, ...] with a law, in standard errors."""
    error = samples.std(axis=0, ddof=1) / math.sqrt(len(samples))
    assert (np.abs(samples.mean(axis=0) - expected) <= n_errors * error).all()


# Drift


def test_heterozygosity_equals_the_exact_chain():
    n_kept, counts = 6, np.arange(7)
    chain = binom.pmf(counts, n_kept, counts[:, None] / n_kept)
    law, two_types = np.zeros(7), 2 * (counts / 6) * (1 - counts / 6)
    law[2] = 1.0
    expected = neutral_heterozygosity(2 * (2 / 6) * (4 / 6), n_kept, 8)
    for value in expected:
        assert law @ two_types == pytest.approx(value, rel=1e-13, abs=0)
        law = law @ chain


def test_heterozygosity_with_a_pool_in_simulation():
    rng, start = np.random.default_rng(0), np.array([0.5, 0.3, 0.2])
    shares, rows = np.tile(start, (N_RUNS, 1)), []
    for _ in range(5):
        rows.append(1 - (shares**2).sum(axis=1))
        pool = rng.multinomial(12, shares) / 12
        shares = rng.multinomial(8, pool) / 8
    expected = neutral_heterozygosity(1 - (start**2).sum(), 8, 4, n_candidates=12)
    assert_mean(np.stack(rows, axis=1)[:, 1:], expected[1:])


def test_one_kept_sample_loses_all_diversity_at_once():
    np.testing.assert_array_equal(neutral_heterozygosity(0.7, 1, 2), [0.7, 0.0, 0.0])


def test_gaussian_laws_in_simulation():
    rng, n_kept, n_rounds = np.random.default_rng(1), 5, 6
    mean, variance = np.full(N_RUNS, 3.0), np.full(N_RUNS, 2.0)
    rows = []
    for _ in range(n_rounds):
        noise = rng.normal(size=(n_kept, N_RUNS))
        samples = mean + np.sqrt(variance) * noise
        mean, variance = samples.mean(axis=0), samples.var(axis=0)
        rows.append([variance, np.log(variance), (mean - 3.0) ** 2])
    simulated = np.array(rows).transpose(2, 1, 0)
    laws = (gaussian_variance, gaussian_log_variance, gaussian_mean_drift)
    expected = np.array([law(2.0, n_kept, n_rounds)[1:] for law in laws])
    assert_mean(simulated, expected)


def test_gaussian_variance_and_drift_share_out_the_first_variance():
    total = gaussian_variance(2.0, 9, 50) + gaussian_mean_drift(2.0, 9, 50)
    np.testing.assert_allclose(total, 2.0, rtol=1e-14)


def test_gaussian_drift_is_accurate_for_huge_samples():
    drift = gaussian_mean_drift(1.0, 10**12, 3)
    np.testing.assert_allclose(drift, np.arange(4) * 1e-12, rtol=1e-11)


@pytest.mark.parametrize("n_kept", [2, 5, 40])
def test_log_variance_slope_is_that_of_chi_square(n_kept):
    law = chi2(n_kept - 1)
    # In w = log x the integrand is smooth at any number of degrees of freedom.
    slope, error = quad(
        lambda w: w * np.exp(law.logpdf(np.exp(w)) + w), -80, 6, epsabs=1e-12, limit=500
    )
    expected = slope - math.log(n_kept)
    found = np.diff(gaussian_log_variance(7.0, n_kept, 3))
    np.testing.assert_allclose(found, expected, rtol=0, atol=1e-9 + error)


def test_accumulated_gaussians_in_simulation():
    rng, n_real, n_kept, n_rounds = np.random.default_rng(2), 4, 6, 6
    pool = rng.normal(size=(N_RUNS, n_real))
    pool = (pool - pool.mean(axis=1, keepdims=True)) / pool.std(axis=1, keepdims=True)
    rows = [pool.var(axis=1)]
    for _ in range(n_rounds):
        noise = rng.normal(size=(N_RUNS, n_kept))
        mean, sd = pool.mean(axis=1, keepdims=True), pool.std(axis=1, keepdims=True)
        pool = np.concatenate([pool, mean + sd * noise], axis=1)
        rows.append(pool.var(axis=1))
    expected = gaussian_accumulate_variance(1.0, n_kept, n_rounds, n_real)
    assert_mean(np.stack(rows, axis=1)[:, 1:], expected[1:])


def test_a_part_of_the_accumulated_samples_in_simulation():
    rng, n, n_rounds = np.random.default_rng(6), 5, 6
    pool = rng.normal(size=(N_RUNS, n))
    pool = (pool - pool.mean(axis=1, keepdims=True)) / pool.std(axis=1, keepdims=True)
    part, rows = pool, []
    for _ in range(n_rounds):
        noise = rng.normal(size=(N_RUNS, n))
        mean, sd = part.mean(axis=1, keepdims=True), part.std(axis=1, keepdims=True)
        pool = np.concatenate([pool, mean + sd * noise], axis=1)
        part = rng.permuted(pool, axis=1)[:, :n]
        rows.append(part.var(axis=1))
    expected = gaussian_subsample_variance(1.0, n, n_rounds)
    assert_mean(np.stack(rows, axis=1), expected[1:])


@pytest.mark.parametrize("n", [2, 10, 100])
def test_accumulated_variance_ends_at_the_product_of_the_sine(n):
    """From the truth on: the first fit's own factor is 1 - 1/n."""
    x = math.pi / math.sqrt(n)
    found = gaussian_accumulate_variance(1 - 1 / n, n, 100_000)[-1]
    assert found == pytest.approx(math.sin(x) / x, rel=1e-5)


def test_fresh_data_in_simulation():
    rng, n_real, n_synthetic, bias, n_rounds = np.random.default_rng(3), 4, 6, 0.8, 6
    mean, variance, rows = np.zeros(N_RUNS), np.ones(N_RUNS), []
    for _ in range(n_rounds):
        real = rng.normal(size=(n_real, N_RUNS))
        noise = rng.normal(size=(n_synthetic, N_RUNS))
        both = np.concatenate([real, mean + np.sqrt(bias * variance) * noise])
        mean, variance = both.mean(axis=0), both.var(axis=0, ddof=1)
        rows.append([mean**2, variance])
    expected = fresh_data_moments(n_real, n_synthetic, n_rounds, bias)
    assert_mean(np.array(rows).transpose(2, 0, 1), expected[1:])


@pytest.mark.parametrize("bias", [0.0, 0.5, 1.0])
def test_fresh_data_forget_where_they_started(bias):
    limit = fresh_data_limit(20, 60, bias)
    for start in ((0.0, 1.0), (5.0, 0.1)):
        path = fresh_data_moments(20, 60, 200, bias, start)
        np.testing.assert_array_equal(path[0], start)
        np.testing.assert_allclose(path[-1], limit, rtol=1e-12)


def test_fresh_data_alone_are_a_first_fit_and_synthetic_data_alone_drift():
    np.testing.assert_allclose(fresh_data_limit(25, 0), [1 / 25, 1.0], rtol=1e-14)
    alone = fresh_data_moments(0, 10, 3)
    np.testing.assert_allclose(alone[:, 0], np.arange(4) / 10, rtol=1e-14)
    np.testing.assert_allclose(alone[:, 1], 1.0, rtol=1e-14)
    biased = fresh_data_moments(0, 10, 3, sampling_bias=0.8)
    np.testing.assert_allclose(biased[:, 1], 0.8 ** np.arange(4), rtol=1e-14)


def test_kernel_density_variance_in_simulation():
    rng, n_kept, h, n_rounds = np.random.default_rng(4), 5, 0.6, 5
    data = np.tile([[1.0], [1.0], [-1.0], [-1.0], [0.0]], (1, N_RUNS))
    rows = [data.var(axis=0)]
    for _ in range(n_rounds):
        chosen = rng.integers(n_kept, size=(n_kept, N_RUNS))
        noise = h * rng.normal(size=(n_kept, N_RUNS))
        data = np.take_along_axis(data, chosen, axis=0) + noise
        rows.append(data.var(axis=0))
    expected = kernel_density_variance(0.8, n_kept, h, n_rounds)
    assert_mean(np.stack(rows, axis=1)[:, 1:], expected[1:])


def test_kernel_density_variance_saturates():
    path = kernel_density_variance(3.0, 50, 0.5, 5000)
    assert path[-1] == pytest.approx(49 * 0.25, rel=1e-12)
    without = kernel_density_variance(2.0, 9, 0.0, 4)
    np.testing.assert_allclose(without, gaussian_variance(2.0, 9, 4), rtol=1e-13)


@pytest.mark.parametrize("regime", ["replace", "accumulate"])
def test_regression_risk_in_simulation(regime):
    """Inputs drawn once and kept, one column of labels per round."""
    rng, d, n, n_rounds, noise = np.random.default_rng(5), 3, 12, 5, 0.8
    x = rng.normal(size=(N_RUNS, n, d))
    pinv, errors, rows = np.linalg.pinv(x), np.zeros((N_RUNS, d)), []
    for t in range(1, n_rounds + 2):
        fit = errors + np.einsum(
            "rdn,rn->rd", pinv, noise * rng.normal(size=x.shape[:2])
        )
        errors = fit if regime == "replace" else ((t - 1) * errors + fit) / t
        rows.append((errors**2).sum(axis=1))
    expected = regression_excess_risk(d, n, n_rounds, noise=noise, regime=regime)
    assert_mean(np.stack(rows, axis=1), expected)


def test_a_part_of_the_accumulated_labels_in_simulation():
    """One input, always 1: every fit is a mean, and 1/n is the first one's error."""
    rng, n, n_rounds = np.random.default_rng(7), 200, 5
    pool = rng.normal(size=(N_RUNS, n))
    part, rows = pool, [pool.mean(axis=1) ** 2]
    for _ in range(n_rounds):
        new = part.mean(axis=1, keepdims=True) + rng.normal(size=(N_RUNS, n))
        pool = np.concatenate([pool, new], axis=1)
        part = rng.permuted(pool, axis=1)[:, :n]
        rows.append(part.mean(axis=1) ** 2)
    law = regression_excess_risk(1, n + 2, n_rounds, regime="accumulate-subsample")
    assert_mean(np.stack(rows, axis=1), law)


def test_a_part_of_the_accumulated_labels_ends_below_three_first_fits():
    path = regression_excess_risk(10, 100, 10_000, regime="accumulate-subsample")
    assert path[-1] / path[0] == pytest.approx(math.pi**2 / 2 - 2, rel=1e-3)
    assert (np.diff(path) > 0).all()


def test_accumulated_regression_stays_below_its_bound():
    path = regression_excess_risk(10, 100, 10_000, regime="accumulate")
    assert path[-1] / path[0] == pytest.approx(math.pi**2 / 6, rel=1e-4)
    assert (path <= path[0] * math.pi**2 / 6).all()


# Curation


@pytest.mark.parametrize("slate_size", [1, 2, 9])
def test_hard_separation_iterates_the_round_without_winners(slate_size):
    path = hard_separation_mass(0.03, slate_size, 4)
    lost = (1 - path[:-1]) ** slate_size
    np.testing.assert_allclose(1 - path[1:], lost, rtol=1e-13, atol=1e-15)


def test_hard_separation_at_its_ends():
    np.testing.assert_array_equal(hard_separation_mass(0.0, 8, 3), np.zeros(4))
    np.testing.assert_array_equal(hard_separation_mass(1.0, 8, 3), np.ones(4))
    at_once = hard_separation_mass(0.25, math.inf, 1)
    np.testing.assert_allclose(at_once, [0.25, 1.0], rtol=1e-15)
    assert hard_separation_mass(0.25, 8, 400)[-1] == 1.0
    rare = hard_separation_mass(1e-18, 3, 2)
    np.testing.assert_allclose(rare, [1e-18, 3e-18, 9e-18], rtol=1e-15)


def test_two_plateaus_follow_their_definition():
    a, q, k, k1, k2 = 0.35, 0.3, 5, 0.2, 0.6
    total = 0.0
    for j in range(k + 1):
        chance = math.comb(k, j) * a**j * (1 - a) ** (k - j)
        one, two = j / (j + (k - j) * k1), j * k2 / (j * k2 + k - j)
        total += chance * (q * one + (1 - q) * two)
    assert two_plateau_round(a, q, k, k1, k2) == pytest.approx(total, rel=1e-14, abs=0)


@pytest.mark.parametrize("slate_size", [1, 2, 7, math.inf])
@pytest.mark.parametrize("leakages", [(0.0, 0.0), (0.0, 0.4), (0.7, 0.2)])
def test_two_plateaus_are_symmetric_and_fixed_at_the_ends(slate_size, leakages):
    a, (k1, k2) = np.linspace(0, 1, 11), leakages
    out = two_plateau_round(a, 0.3, slate_size, k1, k2)
    mirrored = two_plateau_round(1 - a, 0.7, slate_size, k2, k1)
    np.testing.assert_allclose(out + mirrored, 1.0, rtol=0, atol=1e-14)
    np.testing.assert_array_equal(out[[0, -1]], [0.0, 1.0])
    if slate_size == 1:
        np.testing.assert_allclose(out, a, rtol=0, atol=1e-15)


@pytest.mark.parametrize("slate_size", [3, 1000])
def test_a_plateau_may_die_out_to_the_smallest_float(slate_size):
    shares = np.array([1e-300, 1e-308, 5e-324])
    np.testing.assert_array_equal(two_plateau_round(shares, 0.3, slate_size), 0.0)


def test_two_plateaus_with_full_leakage_are_neutral():
    a = np.linspace(0, 1, 11).reshape(11, 1)
    out = two_plateau_round(a, 0.3, 6, 1.0, 1.0)
    assert out.shape == a.shape
    np.testing.assert_allclose(out, a, rtol=0, atol=1e-14)


def test_two_plateaus_reach_the_limit_like_one_over_k():
    limit = two_plateau_round(0.4, 0.3, math.inf, 0.2, 0.1)
    ratio = [two_plateau_round(0.4, 0.3, k, 0.2, 0.1) - limit for k in (4000, 8000)]
    assert ratio[0] / ratio[1] == pytest.approx(2.0, rel=1e-2)


def test_softmax_rounds_multiply_by_the_utility():
    probs, rewards = np.array([0.2, 0.3, 0.0, 0.5]), np.array([1.0, -2.0, 1e300, 0.5])
    path = softmax_trajectory(probs, rewards, 20)
    following = path[:-1] * np.exp(np.where(probs > 0, rewards, 0.0))
    following /= following.sum(axis=1, keepdims=True)
    np.testing.assert_allclose(path[0], probs, rtol=1e-15)
    np.testing.assert_allclose(path[1:], following, rtol=1e-13)


def test_softmax_survives_extreme_rewards():
    path = softmax_trajectory([0.5, 0.5], [0.0, -1e300], 3)
    np.testing.assert_array_equal(path[1:], [[1.0, 0.0]] * 3)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: neutral_heterozygosity(1.5, 5, 1), "initial contains 1.5"),
        (lambda: neutral_heterozygosity(0.5, 0, 1), "n_kept is 0"),
        (lambda: neutral_heterozygosity(0.5, 5, 1, 0.5), "n_candidates is 0.5"),
        (lambda: gaussian_variance(-1.0, 5, 1), "initial contains -1.0"),
        (lambda: gaussian_mean_drift(1.0, 1, 1), "n_kept is 1, allowed integers >= 2"),
        (lambda: gaussian_log_variance(0.0, 5, 1), "initial contains 0.0"),
        (lambda: gaussian_variance(1.0, 5, -1), "n_rounds is -1"),
        (lambda: gaussian_accumulate_variance(1.0, 1, 1), "n_kept is 1"),
        (lambda: gaussian_accumulate_variance(1.0, 2, 1, 1), "n_real is 1"),
        (lambda: gaussian_subsample_variance(1.0, 1, 1), "n_kept is 1"),
        (lambda: fresh_data_moments(1, 0, 1), "n_real + n_synthetic is 1"),
        (lambda: fresh_data_moments(5, 5, 1, 1.5), "sampling_bias contains 1.5"),
        (lambda: fresh_data_limit(0, 5), "n_real is 0"),
        (lambda: kernel_density_variance(1.0, 5, -1.0, 1), "bandwidth contains -1.0"),
        (lambda: regression_excess_risk(5, 6, 1), "n_rows is 6, allowed integers >= 7"),
        (lambda: regression_excess_risk(5, 9, 1, noise=-1.0), "noise contains -1.0"),
        (lambda: regression_excess_risk(1, 9, 1, regime="keep"), "regime is 'keep'"),
        (lambda: hard_separation_mass(1.1, 2, 1), "a_0 contains 1.1"),
        (lambda: hard_separation_mass(0.1, 0.5, 1), "slate_size is 0.5"),
        (lambda: two_plateau_round([0.1, -0.1], 0.5, 2), "a contains -0.1"),
        (lambda: two_plateau_round(0.1, 1.5, 2), "q contains 1.5"),
        (lambda: two_plateau_round(0.1, 0.5, 2, -1.0), "leakage_1 contains -1.0"),
        (lambda: two_plateau_round(0.1, 0.5, 2, 0.0, -1.0), "leakage_2 contains -1.0"),
        (lambda: softmax_trajectory([1.0], [1.0, 2.0], 1), "rewards has shape (2,)"),
        (lambda: softmax_trajectory([1.0], [math.inf], 1), "rewards contains inf"),
        (lambda: softmax_trajectory([0.9], [1.0], 1), "probs sums to 0.9"),
        (lambda: softmax_trajectory([1.0], [1.0], -2), "n_rounds is -2"),
    ],
)
def test_wrong_arguments_are_named_in_one_line(call, message):
    with pytest.raises(ValueError, match=re.escape(message)) as caught:
        call()
    assert "\n" not in str(caught.value)
