"""Predicted entropy changes against steps that are taken."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from steps import assert_second_order, measured, random_policy, softmax

from retrain_sim.policy.theory import (
    centered_log_probs,
    diagonal_entropy_change,
    entropy,
    general_entropy_change,
    is_centered,
    natural_entropy_change,
    sampled_entropy_change,
    tabular_entropy_change,
)

SIZES = (5, 50, 500)


def test_entropy_is_the_mean_surprise():
    _, probs, _ = random_policy(30)
    excess = centered_log_probs(probs)
    assert abs(probs @ excess) < 1e-15
    np.testing.assert_allclose(entropy(probs), -probs @ np.log(probs), rtol=1e-14)
    np.testing.assert_allclose(excess, np.log(probs) + entropy(probs), rtol=1e-12)


@pytest.mark.parametrize("n", SIZES)
@pytest.mark.parametrize("shift", [0.0, 2.0])
def test_tabular_gradient_is_exact_to_first_order(n, shift):
    logits, probs, advantage = random_policy(n)
    gradient = probs * advantage
    assert_second_order(
        lambda eta: measured(logits, gradient, eta),
        tabular_entropy_change(probs, advantage + shift),
    )


@pytest.mark.parametrize("n", SIZES)
def test_the_diagonal_is_exact_for_centered_advantages_only(n):
    _, probs, advantage = random_policy(n)
    exact = tabular_entropy_change(probs, advantage)
    assert is_centered(probs, advantage)
    assert diagonal_entropy_change(probs, advantage) == pytest.approx(exact, rel=1e-12)
    assert not is_centered(probs, advantage + 2)
    naive = diagonal_entropy_change(probs, advantage + 2)
    assert tabular_entropy_change(probs, advantage + 2) == pytest.approx(exact, 1e-9)
    assert abs(naive / exact - 1) > 0.1


@pytest.mark.parametrize("n", SIZES)
def test_natural_gradient_is_exact_to_first_order(n):
    logits, probs, advantage = random_policy(n)
    predicted = natural_entropy_change(probs, advantage)
    assert_second_order(lambda eta: measured(logits, advantage, eta), predicted)
    assert natural_entropy_change(probs, advantage + 2) == pytest.approx(predicted)


@pytest.mark.parametrize("action", range(6))
def test_one_sampled_action_is_exact_to_first_order(action):
    logits, probs, _ = random_policy(6, seed=3)
    score = np.eye(6)[action] - probs
    assert_second_order(
        lambda eta: measured(logits, -0.7 * score, eta),
        sampled_entropy_change(probs, action, -0.7),
    )


def test_rare_actions_raise_entropy_and_common_ones_lower_it():
    probs = np.array([0.7, 0.2, 0.1])
    assert (
        sampled_entropy_change(probs, 2, 1.0)
        > 0
        > sampled_entropy_change(probs, 0, 1.0)
    )
    assert (
        sampled_entropy_change(probs, 2, -1.0)
        < 0
        < sampled_entropy_change(probs, 0, -1.0)
    )


def test_samples_average_to_the_exact_gradient():
    _, probs, advantage = random_policy(20)
    each = [sampled_entropy_change(probs, a, advantage[a]) for a in range(20)]
    assert probs @ each == pytest.approx(tabular_entropy_change(probs, advantage))


def test_any_parameters_are_exact_to_first_order():
    """A network of one hidden layer on four features per action."""
    rng = np.random.default_rng(1)
    features, first, second = (rng.normal(size=s) for s in [(12, 4), (4, 6), (6,)])
    advantage = rng.normal(size=12)
    with jax.enable_x64(True):

        def log_probs(theta):
            hidden = jnp.tanh(jnp.asarray(features) @ theta[:24].reshape(4, 6))
            return jax.nn.log_softmax(hidden @ theta[24:])

        theta = jnp.concatenate([first.ravel(), second])
        scores = np.asarray(jax.jacobian(log_probs)(theta))
        probs = np.exp(np.asarray(log_probs(theta)))
        gradient = (probs * advantage) @ scores

        def change(eta):
            after = np.exp(np.asarray(log_probs(theta + eta * gradient)))
            return entropy(after) - entropy(probs)

        predicted = general_entropy_change(probs, advantage, scores)
        assert_second_order(change, predicted, (1e-3, 3e-4, 1e-4))


def test_the_general_form_contains_the_tabular_one():
    _, probs, advantage = random_policy(9)
    found = general_entropy_change(probs, advantage + 1, np.eye(9) - probs)
    assert found == pytest.approx(tabular_entropy_change(probs, advantage))


def right_signs(dim, n_draws=800):
    """On linear softmax policies of 50 actions: random features, random advantages."""
    rng = np.random.default_rng(0)
    right = []
    for _ in range(n_draws):
        features = rng.normal(size=(50, dim)) / np.sqrt(dim)
        probs = softmax(features @ rng.normal(size=dim))
        advantage = rng.normal(size=50)
        advantage -= probs @ advantage
        exact = general_entropy_change(probs, advantage, features - probs @ features)
        right.append(exact * diagonal_entropy_change(probs, advantage) > 0)
    return np.array(right, float)


def test_the_diagonal_is_better_where_scores_are_nearly_orthogonal():
    few, many = right_signs(5), right_signs(400)
    assert few.mean() > 0.8
    error = np.hypot(few.std(), many.std()) / np.sqrt(800)
    assert many.mean() - few.mean() > 4 * error


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: tabular_entropy_change([0.5, 0.4], [1, 2]), "sums to 0.9"),
        (lambda: tabular_entropy_change([0.5, 0.5], [1, 2, 3]), "has shape"),
        (lambda: natural_entropy_change([0.5, 0.5], [1, np.nan]), "contains nan"),
        (lambda: sampled_entropy_change([0.5, 0.5], 2, 1.0), "allowed 0 .. 1"),
        (lambda: general_entropy_change([1.0], [1.0], [[1.0], [2.0]]), "has shape"),
    ],
)
def test_arguments_that_do_not_fit_are_refused(call, message):
    with pytest.raises(ValueError, match=message):
        call()
