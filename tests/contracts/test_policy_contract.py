"""Every part of a policy-gradient algorithm, and every environment and policy."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from contract import assert_finite, assert_one_trace, every
from policy_cases import (
    ADVANTAGES,
    ARITHMETICS,
    AVERAGES,
    BONUSES,
    CLIPS,
    CONTROLLERS,
    ENVIRONMENTS,
    OPTIMIZERS,
    POLICIES,
    TRANSFORMS,
)
from support import assert_close, assert_identical

from retrain_sim.policy.base import Seen
from retrain_sim.policy.laws import entropy_of, picked

G = 4
ROUND = jnp.int32(0)
CHOSEN = jnp.ones((2, G, 3)).at[0, 1, 1:].set(0.0)
REWARDS = jnp.array([[1.0, 0.0, 0.0, 1.0], [0.5, 0.5, 0.5, 0.5]])
LAWS = jax.nn.log_softmax(jax.random.normal(jax.random.key(1), (2, G, 3, 5)))
TOKENS = jax.random.randint(jax.random.key(2), (2, G, 3), 0, 5)
LOG_PROBS = picked(LAWS, TOKENS) * CHOSEN
SEEN = Seen(LOG_PROBS, entropy_of(LAWS), CHOSEN)
COMPARED = jax.random.normal(jax.random.key(3), (2, G, 3)) * CHOSEN


@pytest.mark.parametrize("case", every(ENVIRONMENTS))
def test_an_environment_draws_groups_and_measures(case, key):
    environment, policy = case
    params = policy.init(key)

    def both(environment, key):
        drawn = environment.rollout(key, ROUND, policy, params, G)
        return drawn, environment.metrics(key, ROUND, policy, params)

    drawn, rows = jax.jit(both)(environment, key)
    assert_identical(jax.jit(both)(environment, key), (drawn, rows))
    assert_one_trace(both, environment, key)
    assert drawn.actions.shape == drawn.chosen.shape == drawn.log_probs.shape
    assert drawn.rewards.shape == drawn.actions.shape[:2] == (len(drawn.prompts), G)
    assert set(np.unique(drawn.chosen)) <= {0.0, 1.0}
    assert "policy/entropy" in rows
    assert_finite((drawn.rewards, drawn.log_probs, rows))
    laws = jax.nn.log_softmax(policy.logits(params, drawn.prompts, drawn.actions))
    assert_close(picked(laws, drawn.actions) * drawn.chosen, drawn.log_probs)


@pytest.mark.parametrize("case", every(POLICIES))
def test_a_policy_does_not_see_the_future(case, key):
    params = case.init(key)
    prompts = jnp.array([0, 2])
    length = getattr(case, "length", 3)
    tokens = jax.random.randint(key, (2, G, length), 0, 5)
    before = case.logits(params, prompts, tokens)
    assert before.shape[0] == 2
    assert before.shape[1] in (1, G)
    assert before.shape[2:] == (length, 5)
    after = case.logits(params, prompts, tokens.at[..., -1].set(0))
    assert_identical(before, after)


@pytest.mark.parametrize("case", every(ADVANTAGES))
def test_an_advantage_does_not_mix_groups(case):
    found = case(REWARDS)
    assert found.shape == REWARDS.shape
    assert_close(case(REWARDS[:1]), found[:1])
    assert_one_trace(lambda made, rewards: made(rewards), case, REWARDS)


@pytest.mark.parametrize("case", every(AVERAGES))
def test_an_average_weights_nothing_that_was_not_chosen(case):
    weights = case(CHOSEN, REWARDS)
    assert weights.shape == CHOSEN.shape
    assert (weights[CHOSEN == 0] == 0).all()
    assert (weights >= 0).all()


@pytest.mark.parametrize("case", every(CLIPS))
def test_a_clip_is_idle_on_policy(case):
    """At ratio 1 nothing is clipped, and the gradient is that of the score."""
    zero = jnp.zeros(CHOSEN.shape)
    ratio = case.ratio(zero, CHOSEN)
    assert_identical(ratio, jnp.ones(CHOSEN.shape))
    assert case.active(ratio, COMPARED).all()
    slope = jax.grad(lambda x: (case.ratio(x, CHOSEN) * CHOSEN).sum())(zero)
    assert_close(slope, CHOSEN)


@pytest.mark.parametrize("case", every(TRANSFORMS))
def test_a_transform_changes_nothing_that_was_not_chosen(case):
    found = case(COMPARED, SEEN)
    assert found.shape == COMPARED.shape
    assert (found[CHOSEN == 0] == 0).all()
    assert_finite(found)
    assert_one_trace(lambda made, *args: made(*args), case, COMPARED, SEEN)


@pytest.mark.parametrize("case", every(BONUSES))
def test_a_bonus_is_one_number_per_law(case):
    found = case(LAWS, LAWS)
    assert found.shape == LAWS.shape[:-1]
    assert_finite(found)


@pytest.mark.parametrize("case", every(OPTIMIZERS))
def test_an_optimizer_ascends(case):
    params = {"a": jnp.ones(3)}
    gradient = {"a": jnp.array([1.0, -1.0, 2.0])}
    moved, _ = case.step(gradient, case.init(params), params)
    assert (jnp.sign(moved["a"] - params["a"]) == jnp.sign(gradient["a"])).all()


@pytest.mark.parametrize("case", every(ARITHMETICS))
def test_an_arithmetic_is_near_the_exact_one(case):
    laws = case.log_softmax(LAWS)
    np.testing.assert_allclose(laws, LAWS, atol=0.05)
    for ratio in case.log_ratios(LOG_PROBS + 0.1, case.old(LOG_PROBS)):
        np.testing.assert_allclose(ratio, 0.1, atol=0.1)


@pytest.mark.parametrize("case", every(CONTROLLERS))
def test_a_controller_traces_and_stays_finite(case):
    def path(controller, entropies):
        control = controller.init(jnp.float32(0.01), entropies[0])

        def body(control, entropy):
            control = controller.update(control, entropy)
            return control, control.value

        return jax.lax.scan(body, control, entropies)[1]

    entropies = jnp.concatenate([jnp.full(6, 2.0), jnp.full(6, 0.1), jnp.full(6, 5.0)])
    assert_one_trace(path, case, entropies)
    assert_finite(jax.jit(path)(case, entropies))
