"""Sequence tasks, token policies, and what is measured on their rollouts."""

import itertools
import math

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from support import assert_close, assert_mean

from retrain_sim.policy.averages import RolloutMean
from retrain_sim.policy.clips import Gspo, Ppo
from retrain_sim.policy.environments import Programs, ToolUse
from retrain_sim.policy.environments.tool_use import ANSWER, KEY, REPLY, TOOL
from retrain_sim.policy.generation import generate
from retrain_sim.policy.laws import picked
from retrain_sim.policy.learner import Task, objective, train
from retrain_sim.policy.pass_at_k import (
    distinct_solutions,
    kept_solutions,
    unbiased_pass_at_k,
)
from retrain_sim.policy.policies import Bigram, Linear, Mlp, Transformer
from retrain_sim.policy.recipes import make_algorithm

ROUND = jnp.int32(0)
SIZES = {"n_actions": 4, "n_contexts": 2}
POLICIES = (
    Bigram(**SIZES),
    Linear(**SIZES, length=3),
    Mlp(**SIZES, length=3, hidden=8),
    Transformer(**SIZES, length=3, width=8, heads=2),
)


def run_program(start, tokens, modulus):
    value = start
    for token in tokens:
        even = token % 2 == 0
        value = value + token // 2 + 1 if even else value * (token + 3) // 2
        value %= modulus
    return value


def test_programs_do_what_they_say():
    task = Programs(n_actions=5, length=3, n_contexts=2, modulus=11, goal=4)
    programs = list(itertools.product(range(5), repeat=3))
    actions = jnp.asarray(programs, jnp.int32)[None].repeat(2, axis=0)
    found = np.asarray(task.result(jnp.arange(2), actions))
    expected = [[run_program(c + 1, p, 11) for p in programs] for c in range(2)]
    np.testing.assert_array_equal(found, expected)
    n_right = [row.count(4) for row in expected]
    assert task.n_solutions == n_right
    assert task.greatest_entropy == pytest.approx(np.mean(np.log(n_right)) / 3)


@pytest.mark.parametrize("policy", POLICIES, ids=lambda p: type(p).__name__)
def test_the_entropy_of_rollouts_is_that_of_the_law(policy, key):
    """By listing all sequences: chain rule and -log pi agree with the exact entropy."""
    params, prompts = policy.init(key), jnp.arange(2)
    drawn = jax.jit(lambda key: generate(key, policy, params, prompts, 4000, 3))(key)
    every = jnp.asarray(list(itertools.product(range(4), repeat=3)), jnp.int32)
    actions = jnp.broadcast_to(every[None], (2, 64, 3))
    laws = jax.nn.log_softmax(policy.logits(params, prompts, actions))
    logs = np.asarray(picked(laws, actions).sum(axis=-1), np.float64)
    assert np.exp(logs).sum(axis=1) == pytest.approx(1, abs=1e-5)
    exact = -(np.exp(logs) * logs).sum(axis=1)
    assert_mean(drawn.entropies.sum(axis=-1).T, exact)
    assert_mean(-drawn.log_probs.sum(axis=-1).T, exact)
    # How often every sequence is drawn, against its probability.
    number = np.asarray(drawn.actions) @ np.array([16, 4, 1])
    seen = np.stack([np.bincount(row, minlength=64) / 4000 for row in number])
    error = np.sqrt(np.exp(logs) / 4000) + 1e-3
    assert (np.abs(seen - np.exp(logs)) < 4.5 * error).all()


@pytest.mark.parametrize("policy", POLICIES, ids=lambda p: type(p).__name__)
def test_the_sampler_and_the_trainer_agree(policy, key):
    params, prompts = policy.init(key), jnp.arange(2)
    drawn = generate(key, policy, params, prompts, 5, 3)
    laws = jax.nn.log_softmax(policy.logits(params, prompts, drawn.actions))
    assert_close(picked(laws, drawn.actions), drawn.log_probs)


def tool_rollouts(task, key, n):
    policy = Bigram(n_actions=task.n_actions, n_contexts=task.n_contexts, spread=0.0)
    return task.rollout(key, ROUND, policy, policy.init(key), n)


def test_tools_reply_to_the_right_call_only(key):
    task = ToolUse(n_contexts=2)
    drawn = tool_rollouts(task, key, 4000)
    assert (drawn.chosen == jnp.array([1.0, 1.0, 0.0, 1.0])[None, None]).all()
    works = np.asarray(task.works(drawn.prompts, drawn.actions))
    reply = np.asarray(drawn.actions[..., REPLY])
    assert (reply[~works] == task.n_actions - 1).all()
    assert (reply[works] >= task.n_tools).all()
    assert (reply[works] < task.n_actions - 1).all()
    tool, asked = (np.asarray(drawn.actions[..., i]) for i in (TOOL, KEY))
    wanted = 3 + (np.arange(2)[:, None] + tool) % 4
    np.testing.assert_array_equal(works, (tool < 2) & (asked == wanted))
    copied = np.asarray(drawn.actions[..., ANSWER]) == reply
    paid = np.asarray(drawn.rewards)
    np.testing.assert_array_equal(paid[works], copied[works])
    # Any answer is one of eight tokens, and the value is one of four: a guess.
    assert_mean(paid[~works], 1 / 8)


def test_pass_at_k_is_unbiased():
    """Its mean over a binomial number of right rollouts is exact."""
    n, k, p = 20, 6, 0.13
    right = np.arange(n + 1)
    estimates = np.asarray(unbiased_pass_at_k(jnp.asarray(right * 1.0), n, k))
    chance = [math.comb(n, c) * p**c * (1 - p) ** (n - c) for c in right]
    assert chance @ estimates == pytest.approx(1 - (1 - p) ** k, rel=1e-5)
    exact = [1 - math.comb(n - c, k) / math.comb(n, k) for c in right]
    np.testing.assert_allclose(estimates, exact, atol=1e-6)
    plugin = chance @ (1 - (1 - right / n) ** k)
    assert abs(plugin / (1 - (1 - p) ** k) - 1) > 0.01


@pytest.mark.parametrize("k", [0, 5])
def test_pass_at_k_needs_k_rollouts(k):
    with pytest.raises(ValueError, match=r"allowed 1 \.\. n = 4"):
        unbiased_pass_at_k(jnp.zeros(2), 4, k)


def test_distinct_solutions_are_counted_once():
    rng = np.random.default_rng(0)
    solutions, right = rng.integers(0, 6, (3, 12)), rng.random((3, 12)) < 0.5
    found = distinct_solutions(jnp.asarray(solutions), jnp.asarray(right))
    expected = [len(set(s[r])) for s, r in zip(solutions, right, strict=True)]
    np.testing.assert_array_equal(found, expected)


def test_a_shift_keeps_solutions_with_its_probability():
    solutions = jnp.arange(20_000) // 2
    kept = np.asarray(kept_solutions(jax.random.key(3), solutions, 0.3))
    np.testing.assert_array_equal(kept[::2], kept[1::2])
    assert_mean(kept[::2] * 1.0, 0.3)


def test_shift_pass_at_k_is_below_pass_at_k_and_metrics_are_estimates(key):
    task, policy = Programs(n_measured=256), Bigram()
    params = policy.init(key)
    rows = jax.jit(lambda key: task.metrics(key, ROUND, policy, params))(key)
    keys = jax.random.split(key, 200)
    drawn = jax.jit(
        jax.vmap(lambda key: task.rollout(key, ROUND, policy, params, 64).rewards)
    )(keys)
    p = float(drawn.mean())
    assert abs(rows["policy/pass@1"] - p) < 4 * math.sqrt(p * (1 - p) / 256) + 0.01
    assert rows["policy/shift_pass@16"] <= rows["policy/pass@16"]
    assert 1 <= rows["policy/distinct"] <= 256 * rows["policy/pass@1"]


def moved_rollouts(key, scale):
    """Draw rollouts, and parameters that have moved away since."""
    task, policy = Programs(), Bigram()
    params = policy.init(key)
    drawn = task.rollout(key, ROUND, policy, params, 64)
    return policy, params + scale * jax.random.normal(key, params.shape), drawn


def test_sequence_clips_judge_whole_rollouts_and_token_clips_single_tokens(key):
    policy, params, drawn = moved_rollouts(key, 0.5)
    laws = jax.nn.log_softmax(policy.logits(params, drawn.prompts, drawn.actions))
    gap = picked(laws, drawn.actions) - drawn.log_probs
    advantage = jnp.broadcast_to((drawn.rewards - 0.5)[..., None], gap.shape)
    whole = Gspo(0.2, 0.2)
    ratio = whole.ratio(gap, drawn.chosen)
    np.testing.assert_allclose(ratio[..., 0], jnp.exp(gap.mean(-1)), rtol=1e-5)
    active = np.asarray(whole.active(ratio, advantage))
    assert (active.all(-1) | ~active.any(-1)).all()
    single = Ppo(0.2, 0.2)
    active = np.asarray(single.active(single.ratio(gap, drawn.chosen), advantage))
    assert not (active.all(-1) | ~active.any(-1)).all()


def test_replies_of_the_environment_teach_nothing(key):
    """The gradient does not change if what a tool said is read as something else."""
    task = ToolUse()
    policy = Linear(n_actions=task.n_actions, window=1)
    params = policy.init(key)
    drawn = task.rollout(key, ROUND, policy, params, 64)
    made = make_algorithm("rloo", {"average": {"kind": "rollout-mean"}})
    assert isinstance(made.average, RolloutMean)

    def slope(drawn):
        ahead = params + 0.1
        return jax.grad(lambda x: objective(x, params, drawn, policy, made)[0])(ahead)

    forged = drawn._replace(log_probs=drawn.log_probs.at[..., REPLY].add(-3.0))
    masked = forged._replace(log_probs=forged.log_probs * forged.chosen)
    assert_close(slope(masked), slope(drawn))
    assert jnp.abs(slope(drawn)).max() > 0


@pytest.mark.parametrize("recipe", ["rloo", "gspo"])
def test_a_token_policy_learns_to_write_programs(recipe):
    changes = {} if recipe == "rloo" else {"clip": {"e_low": 0.1, "e_high": 0.1}}
    changes |= {"optimizer": {"kind": "sgd", "rate": 2.0}}
    task = Task(Programs(n_measured=16), Bigram(), make_algorithm(recipe, changes))
    keys = jax.random.split(jax.random.key(0), 16)
    rows = jax.jit(jax.vmap(lambda key: train(key, task, 150).rows))(keys)
    right, spread = rows["policy/pass@1"], rows["policy/entropy"]
    gain = right[:, -10:].mean(axis=1) - right[:, :10].mean(axis=1)
    assert gain.mean() > 4 * gain.std() / 4
    assert gain.mean() > 0.2
    assert (spread[:, -1] < spread[:, 0]).all()


@pytest.mark.parametrize(
    ("made", "field"),
    [
        (Programs(goal=17), "modulus"),
        (Programs(k=65), "k"),
        (Programs(keep=1.5), "keep"),
        (ToolUse(n_working=9), "n_working"),
        (ToolUse(k=0), "k"),
        (Transformer(width=6, heads=4), "width"),
        (Mlp(matmul="float8"), "matmul"),
        (Linear(window=0), "window"),
        (Bigram(n_actions=1), "n_actions"),
    ],
)
def test_settings_out_of_range_are_refused(made, field):
    assert field in dict(made.check())
