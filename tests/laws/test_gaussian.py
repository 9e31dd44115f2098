"""A Gaussian refitted to its own samples: the laws of its variance and mean."""

import math

import jax
import numpy as np
import pytest
from support import assert_close, assert_mean, prepared_of

from retrain_sim.loop import initial_state, retrain_round, scan_rounds
from retrain_sim.theory import (
    gaussian_log_variance,
    gaussian_mean_drift,
    gaussian_variance,
)

SEEDS = 4000


def fitted_moments(scenario, n_rounds, n_seeds=SEEDS):
    """Retrain, and record the mean and the variance [seed, round]."""

    @jax.jit
    def one(key, scenario):
        key_start, key_rounds = jax.random.split(key)
        track = scan_rounds(
            key_rounds,
            lambda key, state: retrain_round(key, state, scenario),
            initial_state(key_start, scenario, n_rounds),
            n_rounds,
            lambda key, state: (state.params.mean[0], state.params.cov[0, 0]),
        )
        return track.rows

    keys = jax.random.split(jax.random.key(0), n_seeds)
    return jax.device_get(
        jax.lax.map(lambda key: one(key, scenario), keys, batch_size=500)
    )


def scenario_of(**settings):
    prepared = prepared_of("gaussian-decay", **settings)
    return next(iter(prepared.arms.values()))


@pytest.fixture(scope="module")
def uncurated():
    scenario = scenario_of(curation__n_kept=8)
    return scenario, *fitted_moments(scenario, n_rounds=8)


def test_the_mean_variance_decays(uncurated):
    scenario, _, variance = uncurated
    law = gaussian_variance(float(scenario.params.cov[0, 0]), 8, 8)
    assert_mean(variance[:, 1:], law[1:])


def test_the_mean_log_variance_decays_faster(uncurated):
    scenario, _, variance = uncurated
    law = gaussian_log_variance(float(scenario.params.cov[0, 0]), 8, 8)
    assert_mean(np.log(variance[:, 1:]), law[1:])


def test_the_mean_wanders(uncurated):
    scenario, mean, _ = uncurated
    law = gaussian_mean_drift(float(scenario.params.cov[0, 0]), 8, 8)
    start = float(scenario.params.mean[0])
    assert_mean(mean[:, 1:], start)
    assert_mean((mean[:, 1:] - start) ** 2, law[1:])


def test_the_unbiased_covariance_keeps_its_mean():
    scenario = scenario_of(curation__n_kept=8, model__ddof=1)
    _, variance = fitted_moments(scenario, n_rounds=6)
    assert_mean(variance[:, 1:], float(scenario.params.cov[0, 0]))


def test_a_sampling_bias_shrinks_every_round():
    """E[cov_t] = lambda^t cov_0 (MAD, arXiv 2307.01850) for the unbiased covariance."""
    settings = {"model__ddof": 1, "model__sampling_bias": 0.75}
    scenario = scenario_of(curation__n_kept=8, **settings)
    _, variance = fitted_moments(scenario, n_rounds=6)
    law = float(scenario.params.cov[0, 0]) * 0.75 ** np.arange(7)
    assert_mean(variance[:, 1:], law[1:])


def test_a_quadratic_reward_adds_its_precision():
    """K = inf: 1 / var_1 = 1 / var_0 + 2, mean_1 = var_1 (mean_0 / var_0 + 2 c).

    The biases of order 1/n are far below the standard errors of these seeds.
    """
    center, n = 0.7, 20_000
    scenario = scenario_of(
        reward=[{"name": "peak", "kind": "quadratic-peak", "center": [center]}],
        curation={
            "kind": "k-choice",
            "voter_weights": [1.0],
            "slate_size": math.inf,
            "n_candidates": n,
            "n_kept": n,
        },
    )
    mean_0, var_0 = (np.asarray(x).item() for x in scenario.params)
    mean, variance = fitted_moments(scenario, n_rounds=1, n_seeds=100)
    var_1 = 1 / (1 / var_0 + 2)
    assert_mean(variance[:, 1], var_1)
    assert_mean(mean[:, 1], var_1 * (mean_0 / var_0 + 2 * center))


def test_real_data_alone_give_the_first_fit_back():
    scenario = scenario_of(regime={"kind": "real-share", "real_share": 1.0})
    mean, variance = fitted_moments(scenario, n_rounds=3, n_seeds=3)
    first = np.ones((3, 4), np.float32)
    assert_close(variance, scenario.params.cov[0, 0] * first)
    assert_close(1 + mean, 1 + scenario.params.mean[0] * first)
