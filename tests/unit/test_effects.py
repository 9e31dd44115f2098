"""What took the diversity: every cause is named where it is the one."""

import math

import numpy as np
import pytest
import xarray as xr
from support import result_of, spec_from

from retrain_sim.predictions.effects import Effect, effects_of, largest_effect
from retrain_sim.runner import run
from retrain_sim.theory_tables import effect_lines, effects, in_words

ENTROPY = "collapse/class_entropy"


def tables(*ends, seeds=(0.0,), drift_error=0.0):
    """Make a run whose metric ``m`` starts at 1 and ends at every stage as told."""
    *stages, last = ends
    names = ["K = inf", "finite K", "with drift"][: len(stages)]
    rows = {f"{s}/m": [[1.0, end]] for s, end in zip(names, stages, strict=True)}
    rows["se/with drift/m"] = [[0.0, drift_error]]
    prediction = {name: (("arm", "round"), np.array(v)) for name, v in rows.items()}
    values = np.array([[[1.0, last + shift] for shift in seeds]])
    coords = {"arm": ["a"]}
    history = xr.Dataset({"m": (("arm", "seed", "round"), values)}, coords)
    return history, xr.Dataset(prediction, coords)


def test_every_step_is_the_loss_of_one_cause():
    found = effects_of(*tables(0.8, 0.5, 0.4, 0.1), "m", "a")
    assert [e.cause for e in found] == ["selection", "slate size", "drift", "the model"]
    np.testing.assert_allclose([e.loss for e in found], [0.2, 0.3, 0.1, 0.3])


def test_the_losses_add_up_to_the_fall():
    found = effects_of(*tables(0.8, 0.9, 0.4, 0.1), "m", "a")
    assert sum(e.loss for e in found) == pytest.approx(0.9)
    assert found[1].loss == pytest.approx(-0.1)


def test_without_a_stage_of_drift_the_simulation_is_it():
    found = effects_of(*tables(0.8, 0.5, 0.1), "m", "a")
    assert [e.cause for e in found] == ["selection", "slate size", "drift"]
    assert found[-1].loss == pytest.approx(0.4)


def test_errors_of_both_ends_add_in_quadrature():
    shifts = [-0.03, 0.03]  # standard error 0.03
    history, prediction = tables(0.8, 0.5, 0.4, 0.1, seeds=shifts, drift_error=0.04)
    found = effects_of(history, prediction, "m", "a")
    np.testing.assert_allclose([e.se for e in found], [0.0, 0.0, 0.04, 0.05])


def test_nothing_is_said_of_unknown_stages():
    history, prediction = tables(0.8, 0.5, 0.1)
    assert effects_of(history, prediction.drop_vars("K = inf/m"), "m", "a") == []
    assert effects_of(history, prediction * math.nan, "m", "a") == []
    assert effects_of(history, prediction, "other", "a") == []


def test_chance_and_rounding_are_no_effect():
    assert largest_effect([Effect("drift", 0.3, 0.1)]) is None
    assert largest_effect([Effect("selection", 1e-5, 0.0, scale=30.0)]) is None
    assert largest_effect([Effect("drift", 0.3, math.nan)]).cause == "drift"


def test_small_effects_that_add_up_are_told_in_sum():
    small = [Effect("drift", 0.3, 0.1), Effect("the model", 0.2, 0.1)]
    assert in_words(small, "entropy").endswith("beyond chance; in all it fell by 0.500")


def test_the_largest_effect_may_be_a_gain():
    found = [Effect("selection", 0.2, 0.0), Effect("the model", -0.5, 0.01)]
    assert largest_effect(found).cause == "the model"


def largest(result):
    (arm,) = result.arms
    line = effect_lines(result)[0]
    cause = largest_effect(effects(result, ENTROPY, arm)).cause
    assert f"the largest effect is {cause}, which takes" in line
    return cause


def tribes(**curation):
    """Two hard tribes of 30 % and 70 %, in a single arm."""
    sizes = {"slate_size": 8, "n_candidates": 4000, "n_kept": 4000} | curation
    changes = {f"curation__{name}": value for name, value in sizes.items()}
    shape = {"arms": {"a": {}}, "claim": [], "run__rounds": 20, "run__seeds": 8}
    return result_of("two-tribes", **shape, **changes)


def test_one_voter_loses_by_selection():
    assert largest(tribes(voter_weights=[1.0, 0.0])) == "selection"


def test_a_minority_is_lost_by_slates_of_two():
    assert largest(tribes(slate_size=2)) == "slate size"


def test_few_kept_samples_lose_by_drift():
    equal = {"voter_weights": [0.5, 0.5], "slate_size": 2}
    assert largest(tribes(**equal, n_candidates=8, n_kept=4)) == "drift"


def test_a_model_that_shrinks_is_blamed():
    """Sampling with half of the variance leaves one group of three; nothing else does.

    The rewards hardly matter at this temperature, and many samples are kept.
    """
    result = run(spec_from(SHRINKING))
    assert effects(result, ENTROPY, "a")[-1].cause == "the model"
    assert largest(result) == "the model"


SHRINKING = {
    "data": {"kind": "gaussian", "dim": 1, "n": 500},
    "model": {"kind": "gaussian", "sampling_bias": 0.5},
    "reward": [{"name": "center", "kind": "quadratic-peak", "center": [0.0]}],
    "groups": {"kind": "nearest-mode", "centers": [[-1.0], [0.0], [1.0]]},
    "curation": {
        "kind": "k-choice",
        "voter_weights": [1.0],
        "slate_size": 2,
        "temperature": 1000.0,
        "n_candidates": 500,
        "n_kept": 500,
    },
    "metrics": {"names": ["diversity"]},
    "run": {"rounds": 6, "seeds": 4, "atoms": 300},
    "arms": {"a": {}},
}
