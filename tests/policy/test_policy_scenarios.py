"""Every ready policy scenario is listed, builds, and runs."""

import jax
import numpy as np
import pytest

from retrain_sim.policy.learner import train
from retrain_sim.policy.listing import listing
from retrain_sim.policy.spec import load_policy_spec, policy_scenarios
from retrain_sim.policy.training import train_arms


@pytest.mark.parametrize("name", policy_scenarios())
def test_a_scenario_is_listed_and_builds(name):
    spec = load_policy_spec(name)
    assert listing()["scenarios"][name] == spec.title != spec.name
    assert len(spec.tasks) >= 3


@pytest.mark.parametrize("name", policy_scenarios())
def test_all_arms_of_a_scenario_trace(name, key):
    """Nothing is compiled, which would take most of the time of a short run."""
    for task in load_policy_spec(name).tasks.values():
        track = jax.eval_shape(lambda key, task=task: train(key, task, 3), key)
        assert track.rows["policy/entropy"].shape == (4,)
        assert track.infos["policy/reward"].shape == (3,)


@pytest.mark.slow
@pytest.mark.parametrize("name", ["programs", "tool-use"])
def test_a_sequence_scenario_runs(name):
    task = load_policy_spec(name).tasks["RLOO, on-policy"]
    rows = train_arms({"arm": task}, 3, 2)["arm"]
    assert all(np.isfinite(values).all() for values in rows.values())
    assert (rows["run/finite"] == 1).all()


@pytest.mark.slow
def test_a_policy_learns_to_write_programs():
    tasks = load_policy_spec("programs").tasks
    rows = train_arms({"RLOO": tasks["RLOO, on-policy"]}, 300, 20)["RLOO"]
    right = rows["policy/pass@1"]
    assert (right[:, 0] < 0.3).all()
    assert right[:, -20:].mean() > 0.6
