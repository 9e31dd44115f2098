"""Target strings: which pay, what is exact, and policies that have read them."""

import itertools

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from support import assert_identical, assert_mean

from retrain_sim.errors import UserError
from retrain_sim.policy.algorithm import Algorithm
from retrain_sim.policy.environments import Targets
from retrain_sim.policy.laws import log_likelihoods
from retrain_sim.policy.learner import Task, start_state
from retrain_sim.policy.policies import Bigram
from retrain_sim.policy.pretraining import read
from retrain_sim.policy.spec import load_policy_spec
from retrain_sim.policy.theory import entropy

ROUND = jnp.int32(0)
SMALL = {"n_actions": 4, "length": 3, "n_targets": 5, "n_others": 4, "n_contexts": 2}
TASK = Targets(**SMALL, n_measured=20, k=6, reading_steps=30)
POLICY = Bigram(n_actions=4, n_contexts=2)


@pytest.fixture(scope="module")
def params():
    return jax.jit(lambda key: TASK.pretrained(key, POLICY))(jax.random.key(1))


def laws(params):
    """Return the probability of every string [prompt, 64]."""
    strings = jnp.asarray(list(itertools.product(range(4), repeat=3)), jnp.int32)
    both = jnp.broadcast_to(strings[None], (2, 64, 3))
    return np.exp(log_likelihoods(POLICY, params, jnp.arange(2), both))


def numbers_of(strings):
    return np.asarray(strings) @ np.array([16, 4, 1])


def test_strings_differ_and_come_from_the_seed():
    assert TASK.corpus.shape == (2, 9, 3)
    found = numbers_of(TASK.corpus)
    assert [len(set(row)) for row in found.tolist()] == [9, 9]
    assert (found[0] != found[1]).any()
    np.testing.assert_array_equal(Targets(**SMALL, keep=0.9).corpus, TASK.corpus)
    assert (Targets(**SMALL, seed=1).corpus != TASK.corpus).any()


def test_targets_pay_and_nothing_else_does(params):
    drawn = jax.jit(lambda key: TASK._attempt(key, POLICY, params, 200))
    attempts = drawn(jax.random.key(0))
    written = numbers_of(attempts.drawn.actions)
    for row, right, solved, corpus in zip(
        written, attempts.right, attempts.solutions, TASK.corpus, strict=True
    ):
        targets = numbers_of(corpus[:5]).tolist()
        np.testing.assert_array_equal(right, np.isin(row, targets))
        assert {0.0, 1.0} == set(np.asarray(right).tolist())
        place = [targets.index(x) for x in row if x in targets]
        np.testing.assert_array_equal(np.asarray(solved)[right > 0], place)


def test_exact_measures_are_those_of_the_law_and_sampled_ones_are_unbiased(params):
    measure = jax.jit(jax.vmap(lambda key: TASK.metrics(key, ROUND, POLICY, params)))
    rows = measure(jax.random.split(jax.random.key(0), 400))
    places = numbers_of(TASK.corpus[:, :5])
    chances = np.take_along_axis(laws(params), places, axis=1).astype(np.float64)
    right = chances.sum(axis=1)
    np.testing.assert_allclose(rows["policy/exact_pass@1"], right.mean(), rtol=1e-5)
    given = chances / right[:, None]
    use = np.mean([np.exp(entropy(row / row.sum())) / 5 for row in given])
    np.testing.assert_allclose(rows["policy/coverage"], use, rtol=1e-5)
    assert_mean(rows["policy/pass@1"], right.mean())
    assert_mean(rows["policy/pass@6"], (1 - (1 - right) ** 6).mean())


def test_who_has_read_enough_has_the_frequencies_of_the_corpus(params):
    """Of first tokens, which a bigram policy has a free law for."""
    weights = np.random.default_rng(0).dirichlet(np.ones(9), 2).astype(np.float32)
    start, corpus = jnp.zeros_like(params), jnp.asarray(TASK.corpus)
    found = read(POLICY, start, corpus, jnp.asarray(weights), 400, 0.05)
    first = np.asarray(jax.nn.softmax(found[:, POLICY.n_actions]))
    pairs = zip(TASK.corpus[..., 0], weights, strict=True)
    expected = [np.bincount(token, weight, 4) for token, weight in pairs]
    np.testing.assert_allclose(first, expected, atol=2e-3)


def test_strings_without_weight_are_not_read(params):
    corpus, weights = jnp.asarray(TASK.corpus), jnp.ones((2, 9)).at[:, 6:].set(0.0)
    all_of_them = read(POLICY, params, corpus, weights, 3, 0.1)
    some = read(POLICY, params, corpus[:, :6], weights[:, :6], 3, 0.1)
    np.testing.assert_allclose(all_of_them, some, rtol=1e-5, atol=1e-6)


def test_training_starts_from_who_has_read(key):
    task = Task(TASK, POLICY, Algorithm())
    start = jax.jit(lambda key, task: start_state(key, task).params)
    found = start(key, task)
    assert_identical(found, start(key, Task(TASK, POLICY, Algorithm(epochs=3))))
    assert (found != start(jax.random.key(5), task)).any()
    unread = TASK.replace(reading_steps=0)
    drawn = start(key, Task(unread, POLICY, Algorithm()))
    assert abs(float(drawn.std()) - 1) < 0.2
    assert (found != drawn).any()


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("n_targets", 33),
        ("n_targets", 0),
        ("n_others", -1),
        ("peakedness", -0.1),
        ("reading_rate", 0.0),
        ("reading_steps", -1),
        ("k", 65),
        ("n_contexts", 0),
    ],
)
def test_what_cannot_work_is_refused(field, value):
    task = Targets(**(SMALL | {field: value}))
    assert field in dict(task.check())
    assert dict(Targets(**SMALL).check()) == {}


@pytest.mark.parametrize("size", ["n_actions", "length"])
def test_sizes_of_policies_and_tasks_on_sequences_must_agree(size):
    with pytest.raises(UserError, match=f"policy.{size}: must be the environment's"):
        load_policy_spec("targets", {f"policy.{size}": 5})
