"""Least squares retrained on its own labels: the excess risk grows as it must."""

import jax
import numpy as np
import pytest
from support import assert_close, assert_mean, spec_from

from retrain_sim import prepare, run
from retrain_sim.loop import initial_state, retrain_round, scan_rounds
from retrain_sim.theory import regression_excess_risk

D, N, NOISE, ROUNDS, SEEDS = 5, 20, 0.7, 8, 2000


def regression(design="same", n_kept=N, seeds=2, rounds=3, **data):
    """Write a scenario: n_kept labels of the model train the next one."""
    table = {"kind": "regression", "dim": D, "n": 2 * N, "noise": NOISE} | data
    return spec_from(
        {
            "data": table,
            "model": {"kind": "linear-regression", "noise": NOISE, "design": design},
            "reward": [{"kind": "linear", "weights": [0.0] * D + [1.0]}],
            "groups": {"kind": "nearest-mode"},
            "curation": {"kind": "none", "n_kept": n_kept},
            "metrics": {"names": ["regression-error"]},
            "headline": {"metric": "risk/excess"},
            "run": {"rounds": rounds, "seeds": seeds, "atoms": 40, "shown": 4},
        }
    )


def coefficients(design, n_kept=N):
    """Retrain, and return the inputs, the truth and w_t ``[seed, round, d]``."""
    scenario = next(iter(prepare(regression(design, n_kept)).arms.values()))

    def one(key):
        start, rest = jax.random.split(key)
        return scan_rounds(
            rest,
            lambda key, state: retrain_round(key, state, scenario),
            initial_state(start, scenario, ROUNDS),
            ROUNDS,
            lambda key, state: state.params,
        ).rows

    keys = jax.random.split(jax.random.key(0), SEEDS)
    path = jax.jit(lambda keys: jax.lax.map(one, keys, batch_size=500))(keys)
    truth = scenario.metrics[0].truth
    return np.asarray(scenario.model.inputs, float), truth, np.asarray(path)


def test_the_same_inputs_add_their_trace_each_round():
    """Given the inputs X and p_0: sigma^2 trace((X'X)^-1) a round, exactly."""
    inputs, truth, path = coefficients("same")
    each = NOISE**2 * np.trace(np.linalg.inv(inputs.T @ inputs))
    first = ((path[0, 0] - truth) ** 2).sum()
    expected = first + each * np.arange(ROUNDS + 1)
    excess = ((path - truth) ** 2).sum(axis=2)
    assert_mean(excess[:, 1:], expected[1:])
    assert_mean(path[:, 1:], path[0, 0])


def test_fresh_inputs_add_the_mean_of_that_trace():
    """E trace((X'X)^-1) = d / (n - d - 1) for n inputs from N(0, I)."""
    _, truth, path = coefficients("fresh")
    law = regression_excess_risk(D, N, ROUNDS, noise=NOISE)
    excess = ((path - truth) ** 2).sum(axis=2)
    assert_mean(excess[:, 1:], excess[0, 0] + law[1:] - law[0])


@pytest.mark.slow
def test_the_law_averages_first_fits_over_designs_and_labels():
    """Row 0 of the law: c = sigma^2 d / (n - d - 1)."""
    found = []
    for seed in range(60):
        values = regression().values | {"run": {"seed": seed, "atoms": 10}}
        prepared = prepare(spec_from(values))
        found.append(next(iter(prepared.real.values())))
    assert_mean(np.array(found)[:, None], regression_excess_risk(D, N, 0, noise=NOISE))


def test_the_metric_is_exact_for_the_model():
    """It sees the coefficients, not noisy labels: round 0 is the same for all seeds."""
    result = run(regression(rounds=4, seeds=3))
    risk = result.history["risk/excess"].values[0]
    np.testing.assert_allclose(risk[:, 0], risk[0, 0], rtol=1e-5)
    assert result.real["risk/excess"] == pytest.approx(risk[0, 0], rel=1e-4)
    law = regression_excess_risk(D, N, 0, noise=NOISE)[0]
    over = result.history["risk/over_law"].values[0]
    assert_close(over.astype(np.float32), (risk / law).astype(np.float32))


def test_too_few_rows_give_the_shortest_fit_and_no_law():
    result = run(regression(n=2 * 3, n_kept=3))
    assert np.isfinite(result.history["risk/excess"].values).all()
    assert "risk/over_law" not in result.history


def test_labels_without_noise_stay_as_they_are():
    inputs_kept = regression(noise=0.0).values
    inputs_kept["model"]["noise"] = 0.0
    result = run(spec_from(inputs_kept))
    np.testing.assert_allclose(result.history["risk/excess"].values, 0, atol=1e-9)
