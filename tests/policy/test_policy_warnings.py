"""What a run of a policy warns of, and where it stops."""

import jax.numpy as jnp
import numpy as np
import pytest

from retrain_sim.component import component
from retrain_sim.errors import NonFiniteError
from retrain_sim.policy import environments
from retrain_sim.policy.cautions import unreachable_targets
from retrain_sim.policy.environments import RandomReward
from retrain_sim.policy.runner import run_policy
from retrain_sim.policy.spec import load_policy_spec

ARM = "REPO-R on LOOP.algorithm.controller.target.level"
ROUNDS = 3


@component
class Constant(RandomReward):
    """All rewards are one number."""

    value: float = 1.0

    def rollout(self, key, round, policy, params, group_size):
        """Pay the same whatever is done."""
        drawn = RandomReward.rollout(self, key, round, policy, params, group_size)
        return drawn._replace(rewards=jnp.full(drawn.rewards.shape, self.value))


def constant_spec(monkeypatch, value):
    monkeypatch.setitem(environments.KINDS, "constant", Constant)
    table = {"kind": "constant", "value": value}
    small = {"run.rounds": ROUNDS, "run.seeds": 2, "environment": table, "arms": {}}
    return load_policy_spec("random-reward", small)


def test_a_target_above_what_is_reachable_is_warned_of_with_both_numbers():
    (line,) = unreachable_targets(load_policy_spec("many-solutions", {ARM: 1.0}))
    assert "2.30 nats" in line
    assert "'REPO-R on LOOP': the entropy target of 4." in line
    assert unreachable_targets(load_policy_spec("many-solutions")) == []


def test_targets_of_token_policies_are_compared_token_by_token():
    """232 of 4096 programs are right: 5.45 nats in all, a quarter of it per token."""
    settings = {"arms": {}, "algorithm.kind": "loop+repo-r"}
    (line,) = unreachable_targets(load_policy_spec("programs", settings))
    assert "1.36 nats of the most varied perfect policy" in line
    assert "the entropy target of 1." in line


def test_equal_rewards_are_warned_of(monkeypatch):
    result = run_policy(constant_spec(monkeypatch, 0.5))
    assert "all rewards of every group were equal" in result.notes[0]
    entropy = result.history["policy/entropy"].values
    np.testing.assert_allclose(entropy[..., -1], entropy[..., 0], rtol=1e-5)


def test_a_reward_that_is_no_number_stops_the_run(monkeypatch, tmp_path):
    spec = constant_spec(monkeypatch, float("nan"))
    with pytest.raises(NonFiniteError, match="arm 'grpo', round 1, seed 0; a reward"):
        run_policy(spec, tmp_path / "run")
    assert not (tmp_path / "run").exists()
