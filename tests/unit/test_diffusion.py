"""Diffusion against the exact denoiser of a Gaussian, whose every law is known."""

import itertools

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from support import STANDARD_ERRORS

from retrain_sim.models import Diffusion
from retrain_sim.models.noise_schedules import SCHEDULES, signal_levels

KEY = jax.random.key(0)
SD = 0.5
"""Of the data, N(0, SD^2)."""
N = 20_000


def exact_denoiser(self, params, x, t):
    """Predict the noise (or the velocity) of N(0, SD^2) data as well as possible."""
    level = jnp.round(t * self.levels).astype(int)
    signal = jnp.asarray(signal_levels(self.schedule, self.levels))[level]
    total = signal * SD**2 + 1 - signal
    noise = jnp.sqrt(1 - signal) * x / total
    data = jnp.sqrt(signal) * SD**2 * x / total
    velocity = jnp.sqrt(signal) * noise - jnp.sqrt(1 - signal) * data
    return noise if self.target == "noise" else velocity


def expected_sd(model):
    """Follow the variance through the sampler: every step is linear."""
    visited = np.linspace(model.levels, 0, model.solver_steps + 1).round().astype(int)
    signal = signal_levels(model.schedule, model.levels).astype(float)[visited]
    variance = 1.0
    for now, later in itertools.pairwise(signal):
        total = now * SD**2 + 1 - now
        added = float(model.eta) ** 2 * (1 - later) / (1 - now) * (1 - now / later)
        data = np.sqrt(later * now) * SD**2 / total
        noise = np.sqrt(max(1 - later - added, 0) * (1 - now)) / total
        variance = (data + noise) ** 2 * variance + added
    return variance**0.5


@pytest.mark.parametrize("target", ["noise", "velocity"])
@pytest.mark.parametrize("eta", [0.0, 1.0])
@pytest.mark.parametrize("schedule", SCHEDULES)
def test_the_sampler_follows_its_formula(target, eta, schedule, monkeypatch):
    monkeypatch.setattr(Diffusion, "_predict", exact_denoiser)
    kind = {"target": target, "schedule": schedule, "eta": eta}
    model = Diffusion(dim=1, levels=50, solver_steps=10, **kind)
    samples = model.sample(KEY, None, N)
    error = expected_sd(model) / (2 * N) ** 0.5
    assert abs(float(samples.std()) - expected_sd(model)) < STANDARD_ERRORS * error


@pytest.mark.parametrize("eta", [0.0, 1.0])
def test_many_levels_reach_the_data(eta):
    """The formula's own limit; few steps do not."""
    fine = Diffusion(dim=1, levels=4000, solver_steps=4000, eta=eta)
    coarse = fine.replace(solver_steps=5)
    assert abs(expected_sd(fine) - SD) < 2e-3
    assert abs(expected_sd(coarse) - SD) > 1e-2


@pytest.mark.parametrize("target", ["noise", "velocity"])
def test_no_other_denoiser_costs_less(target, monkeypatch):
    """The loss is least at the exact denoiser, and by how much a bias raises it."""
    model = Diffusion(dim=1, levels=20, target=target, batch=N)
    x = SD * jax.random.normal(KEY, (N, 1))
    keys = tuple(jax.random.split(jax.random.key(1)))
    costs = []
    for shift in (-0.1, 0.0, 0.1):
        monkeypatch.setattr(
            Diffusion,
            "_predict",
            lambda self, p, x, t, s=shift: exact_denoiser(self, p, x, t) + s,
        )
        costs.append(float(model._error(None, model._examples(x, keys))))
    np.testing.assert_allclose(np.array(costs) - costs[1], [0.01, 0, 0.01], atol=4e-3)


@pytest.mark.parametrize("schedule", SCHEDULES)
@pytest.mark.parametrize("levels", [2, 10, 1000])
def test_signal_falls_from_all_to_nearly_none(schedule, levels):
    signal = signal_levels(schedule, levels)
    assert signal[0] == 1
    assert (np.diff(signal) < 0).all()
    assert 0 < signal[-1] < (2e-3 if levels > 2 else 0.01)


def test_guesses_are_clipped_to_the_bound(monkeypatch):
    monkeypatch.setattr(Diffusion, "_predict", exact_denoiser)
    model = Diffusion(dim=1, levels=50, solver_steps=10, bound=np.float32(0.25))
    assert float(jnp.abs(model.sample(KEY, None, 500)).max()) <= 0.25
