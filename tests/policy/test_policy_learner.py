"""Rounds of policy gradients: against NumPy, and against their own parts."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from support import assert_close

from retrain_sim.component import component
from retrain_sim.errors import UserError
from retrain_sim.policy.environments import Contextual, ManySolutions, RandomReward
from retrain_sim.policy.learner import (
    Task,
    policy_step,
    start_state,
    train,
    train_round,
)
from retrain_sim.policy.policies import Tabular
from retrain_sim.policy.recipes import ADDITIONS, BASES, make_algorithm

SMALL = ManySolutions(n_arms=12, n_correct=3, rounds_per_task=4)
POLICY = Tabular(n_actions=12)


def task_of(name, changes=None, environment=SMALL, policy=POLICY):
    return Task(environment, policy, make_algorithm(name, changes))


def numpy_steps(logits, actions, compared, epochs, low, high, rate):
    """Ascend the clipped surrogate of one group, written out by hand."""
    logits = np.asarray(logits, np.float64)

    def log_law(z):
        return z - np.log(np.exp(z).sum())

    old = log_law(logits)[actions]
    for _ in range(epochs):
        law = np.exp(log_law(logits))
        ratio = np.exp(log_law(logits)[actions] - old)
        idle = (compared > 0) & (ratio > 1 + high) | (compared < 0) & (ratio < 1 - low)
        weight = np.where(idle, 0.0, ratio * compared) / len(actions)
        slope = np.zeros_like(logits)
        np.add.at(slope, actions, weight)
        logits = logits + rate * (slope - weight.sum() * law)
    return logits


@pytest.mark.parametrize(
    ("name", "epochs", "high"), [("rloo", 1, 9.0), ("loop", 4, 0.2), ("dapo", 4, 0.28)]
)
def test_a_step_is_the_one_written_by_hand(name, epochs, high, key):
    task = task_of(name, {"optimizer": {"rate": 4.0}})
    state = start_state(key, task)
    drawn = SMALL.rollout(key, state.round, POLICY, state.params, 16)
    drawn = drawn._replace(rewards=drawn.rewards.at[0, :3].set(1.0))
    found, rows = policy_step(state, drawn, POLICY, task.algorithm)
    compared = np.asarray(task.algorithm.advantage(drawn.rewards))[0]
    expected = numpy_steps(
        state.params[0, 0], drawn.actions[0, :, 0], compared, epochs, 0.2, high, 4.0
    )
    np.testing.assert_allclose(found.params[0, 0], expected, atol=1e-5)
    clipped = rows["policy/clipped_up"] + rows["policy/clipped_down"]
    assert (clipped > 0) == (epochs > 1)


def test_seeds_at_once_are_seeds_one_by_one(key):
    task = task_of("loop+repo-r", {"controller": {"most": 1.0}})
    keys = jax.random.split(key, 3)
    run = jax.jit(lambda key: train(key, task, 6).rows)
    mapped = jax.jit(jax.vmap(run))(keys)
    for i in range(3):
        assert_close(run(keys[i]), jax.tree.map(lambda x, i=i: x[i], mapped), 1e-4)


def test_the_second_task_begins_where_the_first_one_ends(key):
    task = task_of("rloo", {"optimizer": {"rate": 5.0}})
    rows = train(key, task, 8).rows
    one, two = (rows[f"policy/pass@1/task-{i}"] for i in (1, 2))
    assert_close(rows["policy/pass@1"][:4], one[:4])
    assert_close(rows["policy/pass@1"][4:], two[4:])
    assert one[4] > one[0]


@pytest.mark.parametrize(
    ("name", "knob"),
    [
        ("loop+repo-r", "transform.zeta"),
        ("adapo", "clip.e_high"),
        ("rloo+adaptive-bonus", "bonus.coefficient"),
    ],
)
def test_a_controller_turns_its_knob(name, knob, key):
    """The knob of round t + 1 answers the entropy that round t saw."""
    task = task_of(name, {"controller": {"target": {"level": 1.5}}})
    assert task.algorithm.knob == knob
    infos = train(key, task, 3).infos
    values = np.asarray(infos["policy/knob"])
    assert values[0] == task.algorithm.setting()
    assert (np.diff(values) > 0).all()  # the entropy is below 1.5 times the first


def test_a_knob_changes_what_is_learned(key):
    """A round with a turned knob is that of an algorithm set so."""
    task = task_of("rloo+repo-const", {"knob": "transform.beta"})
    state = start_state(key, task)
    turned = state._replace(control=state.control._replace(value=jnp.float32(0.7)))
    set_so = task_of("rloo+repo-const", {"transform": {"beta": 0.7}})
    found, _ = train_round(key, turned, task)
    expected, _ = train_round(key, state, set_so)
    assert_close(found.params, expected.params)
    other, _ = train_round(key, state, task)
    assert not np.allclose(found.params, other.params)


def test_repo_const_and_an_entropy_bonus_agree_on_average(key):
    """One on-policy step over many seeds: the same mean, in standard errors."""
    tasks = [
        task_of(name, {"group_size": 64})
        for name in ("rloo+repo-const", "rloo+entropy-bonus")
    ]
    state = start_state(key, tasks[0])
    keys = jax.random.split(key, 2000)

    def moves(task):
        step = jax.vmap(lambda key: train_round(key, state, task)[0].params[0, 0])
        return np.asarray(jax.jit(step)(keys))

    gap = moves(tasks[0]) - moves(tasks[1])
    assert (np.abs(gap.mean(0)) < 4 * gap.std(0) / np.sqrt(2000)).all()


RECIPES = pytest.mark.parametrize("name", [*BASES, *(f"rloo+{a}" for a in ADDITIONS)])


def contextual(name):
    contexts = Contextual(n_contexts=3, n_prompts=2, n_arms=12)
    return task_of(name, environment=contexts, policy=Tabular(12, n_contexts=3))


@RECIPES
def test_every_recipe_is_a_program(name, key):
    task = contextual(name)
    assert list(task.algorithm.check()) == []
    shapes = jax.eval_shape(lambda key: train(key, task, 3), key)
    assert shapes.rows["policy/pass@1"].shape == (4,)


@pytest.mark.slow
@RECIPES
def test_every_recipe_trains(name, key):
    task = contextual(name)
    state, rows = train_round(key, start_state(key, task), task)
    assert rows["run/finite"] == 1
    assert state.round == 1


@component
class Poisoned(RandomReward):
    """One reward of every round is no number."""

    def rollout(self, key, round, policy, params, group_size):
        """Spoil the first reward."""
        drawn = RandomReward.rollout(self, key, round, policy, params, group_size)
        return drawn._replace(rewards=drawn.rewards.at[0, 0].set(jnp.nan))


def test_a_reward_that_is_no_number_is_seen(key):
    infos = train(key, task_of("rloo", environment=Poisoned()), 2).infos
    assert infos["run/finite"].tolist() == [0.0, 0.0]


@pytest.mark.parametrize(
    ("name", "changes", "says"),
    [
        ("grpoo", {}, "did you mean 'grpo'"),
        ("grpo+repo", {}, "unknown addition 'repo'"),
        ("grpo", {"group_size": 1}, "group_size: GroupNormalized compares within"),
        ("grpo", {"clip": {"e_high": 1.5}}, "clip.e_high: must be above 0 and at most"),
        ("grpo", {"clip": {"e_low": 0.0}}, "clip.e_low: must be above 0 and at most 1"),
        ("gspo", {"clip": {"e_low": -1}}, "clip.e_low: must be above 0 and at most 1"),
        ("rloo", {"knob": "clip.e_high"}, "knob: nothing to turn is called"),
        ("rloo", {"controller": {"kind": "halving"}}, "knob: the controller needs"),
        ("rloo", {"epochs": 0}, "epochs: must be at least 1"),
        ("rloo", {"optimizer": {"rate": 0.0}}, "rate: must be positive"),
        ("rloo", {"optimiser": {}}, "did you mean 'optimizer'"),
    ],
)
def test_what_does_not_fit_is_refused(name, changes, says):
    with pytest.raises(UserError, match=says.replace("+", r"\+")):
        make_algorithm(name, changes)
