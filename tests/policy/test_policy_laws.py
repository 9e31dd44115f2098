"""Drift, bounds, rounding, neutral penalties and fixed points, against simulation."""

import inspect

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from steps import assert_second_order, entropies, measured, random_policy, softmax
from support import assert_mean

from retrain_sim.policy import theory
from retrain_sim.policy.theory import (
    balanced_survivors,
    centered_log_probs,
    clipped_entropy_bounds,
    curated_entropy_change,
    curated_policy,
    entropy,
    float_spacing,
    log_symmetric_clip,
    natural_gradient_limit,
    natural_gradient_path,
    natural_neutral_beta,
    neutral_beta,
    noisy_ratio_bias,
    novelty_log_odds,
    predicted_curation_change,
    resampling_entropy_drift,
    rounded_ratio_bias,
    sampling_entropy_drift,
    tabular_entropy_change,
)


def noise_steps(probs, advantages, actions, step_size):
    """Step on sampled actions [s, G] with given advantages; return changes [s]."""
    n, n_samples = probs.size, actions.shape[1]
    logits = np.log(probs) + np.zeros((len(actions), n))
    rows = np.arange(len(actions))[:, None]
    np.add.at(logits, (rows, actions), step_size * advantages / n_samples)
    logits -= step_size * advantages.mean(axis=1)[:, None] * probs
    return entropies(softmax(logits)) - entropy(probs)


@pytest.mark.parametrize(("n", "seed"), [(3, 0), (10, 1), (30, 2)])
def test_noise_alone_loses_entropy_at_the_predicted_rate(n, seed):
    _, probs, _ = random_policy(n, seed)
    rng = np.random.default_rng(seed)
    actions = rng.choice(n, p=probs, size=(100_000, 4))
    advantages = rng.choice([-1.0, 1.0], size=actions.shape)
    change = noise_steps(probs, advantages, actions, 0.1)
    opposite = noise_steps(probs, -advantages, actions, 0.1)
    expected = sampling_entropy_drift(probs, 0.1, n_samples=4)
    assert expected < 0
    # The two signs cancel the first order, so the error is that of the second.
    assert_mean((change + opposite) / 2, expected)


def test_a_group_baseline_changes_the_variance_only():
    _, probs, _ = random_policy(8)
    rng = np.random.default_rng(5)
    actions = rng.choice(8, p=probs, size=(200_000, 4))
    rewards = rng.choice([0.0, 1.0], size=actions.shape)
    advantages = (rewards - rewards.mean(axis=1, keepdims=True)) * 4 / 3
    both = [noise_steps(probs, s * advantages, actions, 0.1) for s in (1, -1)]
    variance = 0.25 * 4 / 3
    assert_mean(np.mean(both, axis=0), sampling_entropy_drift(probs, 0.1, 4, variance))


def test_sampling_drift_is_half_a_trace_of_the_hessian():
    _, probs, _ = random_policy(7)
    logits, step = np.log(probs), 1e-4
    eye = np.eye(7) * step
    second = np.array(
        [
            [
                measured(logits, a + b, 1.0)
                - measured(logits, a - b, 1.0)
                - measured(logits, b - a, 1.0)
                + measured(logits, -a - b, 1.0)
                for b in eye
            ]
            for a in eye
        ]
    ) / (4 * step**2)
    covariance = np.diag(probs) - np.outer(probs, probs)
    expected = 0.5 * np.sum(second * covariance) * 0.1**2 / 4
    assert sampling_entropy_drift(probs, 0.1, 4) == pytest.approx(expected, rel=1e-5)


def test_resampling_loses_half_a_degree_of_freedom_per_sample():
    _, probs, _ = random_policy(6)
    counts = np.random.default_rng(0).multinomial(4000, probs, size=100_000)
    change = entropies(counts / 4000) - entropy(probs)
    first = (counts / 4000 - probs) @ np.log(probs)  # mean zero: a control variate
    assert_mean(change + first, resampling_entropy_drift(probs, 4000))


@settings(deadline=None, max_examples=200)
@given(st.integers(0, 2**32 - 1), st.floats(0.01, 0.9), st.floats(0.01, 3.0))
def test_ratios_in_the_clip_range_keep_entropy_in_its_bounds(seed, low, high):
    rng = np.random.default_rng(seed)
    old = rng.dirichlet(np.full(rng.integers(2, 20), rng.choice([0.1, 1.0, 5.0])))
    new = softmax(np.log(old) + rng.normal(size=old.size) * 5)
    drift = new - old  # walk towards the new policy until a ratio leaves the range
    room = np.where(drift > 0, high * old, low * old) / np.abs(drift)
    new = old + min(1.0, room.min()) * drift
    least, greatest = clipped_entropy_bounds(entropy(old), low, high)
    assert least - 1e-12 <= entropy(new) <= greatest + 1e-12


def test_the_entropy_bounds_are_nearly_reached():
    rare = 1e-8
    start = entropy([1 - rare, rare])
    up, down = (entropy([1 - rare * r, rare * r]) / start for r in (1.28, 0.8))
    assert 1.26 < up < 1.28
    assert 0.8 < down < 0.82
    assert log_symmetric_clip(0.2) == pytest.approx(0.25)


@pytest.mark.parametrize("precision", ["float16", "float32", "bfloat16"])
def test_spacing_is_the_distance_to_the_next_number(precision):
    ml_dtypes = pytest.importorskip("ml_dtypes")
    dtype = np.dtype(getattr(ml_dtypes, precision, None) or precision)
    values = np.array([0.3, 1.0, 7.9, 8.0, 21.0]).astype(dtype)
    following = np.nextafter(values, np.array(np.inf, dtype)).astype(float)
    found = float_spacing(values.astype(float), precision)
    np.testing.assert_array_equal(found, following - values.astype(float))


def test_rounding_biases_the_ratio_upwards():
    rng = np.random.default_rng(0)
    log_probs = -rng.uniform(8.5, 15.5, size=(2, 400_000))
    spacing = float_spacing(10.0)
    errors = np.round(log_probs / spacing) * spacing - log_probs
    ratios = np.exp(errors[0] - errors[1])
    assert_mean(ratios - 1, rounded_ratio_bias(float(spacing)))
    assert_mean(np.exp(rng.normal(size=400_000) * 0.1) - 1, noisy_ratio_bias(0.1))
    assert (ratios.mean() - 1) / (ratios.std() / 400_000**0.5) > 4


def test_the_neutral_penalty_stops_entropy_and_not_reward():
    logits, probs, advantage = random_policy(40, seed=4)
    excess = centered_log_probs(probs)
    beta = neutral_beta(probs, advantage + 1)
    mended = advantage - beta * excess
    assert tabular_entropy_change(probs, mended) == pytest.approx(0, abs=1e-15)
    small, large = (measured(logits, probs * mended, eta) for eta in (1e-3, 1e-2))
    assert large / small == pytest.approx(100, rel=0.05)
    assert np.sum(probs**2 * mended * advantage) > 0


def test_the_natural_neutral_penalty_is_a_regression_slope():
    logits, probs, advantage = random_policy(40, seed=4)
    excess = centered_log_probs(probs)
    beta = natural_neutral_beta(probs, advantage)
    mended = advantage - beta * excess
    assert abs(np.sum(probs * mended * excess)) < 1e-15
    small, large = (measured(logits, mended, eta) for eta in (1e-4, 1e-3))
    assert large / small == pytest.approx(100, rel=0.05)
    assert natural_neutral_beta(np.full(4, 0.25), [1, 2, 3, 4]) == 0


def test_the_closed_path_is_the_iterated_natural_gradient():
    logits, probs, _ = random_policy(100)
    reward = (np.arange(100) < 10) * 1.0
    path = natural_gradient_path(probs, reward, 0.2, 0.5, 200)
    for step in range(200):
        np.testing.assert_allclose(path[step], softmax(logits), rtol=1e-9)
        logits = logits + 0.5 * (reward - 0.2 * np.log(softmax(logits)))
    limit = natural_gradient_limit(reward, 0.2)
    np.testing.assert_allclose(path[-1], limit, rtol=1e-6)
    assert limit[:10].sum() == pytest.approx(0.94283, abs=5e-6)


def test_without_a_penalty_the_best_action_takes_all():
    path = natural_gradient_path([0.9, 0.1], [0.0, 1.0], 0.0, 1.0, 40)
    np.testing.assert_allclose(path[-1], [0, 1], atol=1e-12)


def test_curation_is_a_natural_gradient_step():
    logits, probs, advantage = random_policy(20)
    weights = np.exp(0.3 * advantage)
    np.testing.assert_allclose(
        curated_policy(probs, weights), softmax(logits + 0.3 * advantage), rtol=1e-12
    )
    assert_second_order(
        lambda eta: curated_entropy_change(probs, 1 + eta * advantage),
        predicted_curation_change(probs, 1 + advantage / 10) * 10,
    )


def test_curation_that_keeps_nothing_is_refused():
    with pytest.raises(ValueError, match="nothing is kept"):
        curated_policy([0.5, 0.5, 0.0], [0.0, 0.0, 1.0])


def test_novelty_shrinks_log_odds_every_generation():
    probs = np.array([0.6, 0.3, 0.1])
    expected = novelty_log_odds(np.log(2), 0.1, 5)
    for odds in expected:
        assert np.log(probs[0] / probs[1]) == pytest.approx(odds, rel=1e-12)
        probs = curated_policy(probs, probs**-0.1)


def test_every_law_says_what_it_assumes():
    plain = {
        "centered_log_probs",
        "entropy",
        "float_spacing",
        "Survival",
        "is_centered",
        "log_symmetric_clip",
    }
    for name in theory.__all__:
        law = getattr(theory, name)
        assert inspect.getdoc(law)
        assert bool(getattr(law, "assumes", ())) != (name in plain), name


def resampled(zeta, n_items, n_kept, n_rounds, n_runs, seed=0):
    """Resample items weighted by p^(-zeta); return survivors and entropy [runs]."""
    rng = np.random.default_rng(seed)
    probs = np.full((n_runs, n_items), 1 / n_items)
    for _ in range(n_rounds):
        weights = np.where(probs > 0, np.maximum(probs, 1e-30) ** (1 - zeta), 0)
        weights /= weights.sum(axis=1, keepdims=True)
        probs = rng.multinomial(n_kept, weights) / n_kept
    return (probs > 0).sum(axis=1), entropies(probs)


def test_neutral_survivors_are_exact():
    found = resampled(0.0, 5, 40, 30, 20_000)
    law = balanced_survivors(5, 0.0, n_kept=40, n_rounds=30)
    assert_mean(found[0], law.survivors[-1])
    assert_mean(found[1], law.entropy[-1])


@pytest.mark.parametrize("zeta", [0.1, 0.3])
def test_balanced_survivors_are_close(zeta):
    """A mean field: within a tenth of what balancing selection saves."""
    alive, spread = resampled(zeta, 5, 40, 60, 2000)
    law = balanced_survivors(5, zeta, n_kept=40, n_rounds=60)
    neutral = balanced_survivors(5, 0.0, n_kept=40, n_rounds=60)
    saved = alive.mean() - neutral.survivors[-1]
    assert abs(law.survivors[-1] - alive.mean()) < 0.1 * saved
    assert abs(law.entropy[-1] - spread.mean()) < 0.1
