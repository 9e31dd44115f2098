"""Advantages, clips, REPO and averages: against their definitions."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from support import ROUNDING, assert_close

from retrain_sim.policy.advantages import Centered, GroupNormalized, Plain, Rloo
from retrain_sim.policy.averages import RolloutMean, RolloutSum, TokenMean
from retrain_sim.policy.base import Seen
from retrain_sim.policy.bonuses import EntropyBonus, KlReference
from retrain_sim.policy.clips import Gspo, NoClip, Ppo
from retrain_sim.policy.laws import draw_actions, entropy_of
from retrain_sim.policy.solutions import coverage, shift_pass_at_k
from retrain_sim.policy.transforms import (
    RepoConst,
    RepoN,
    RepoR,
    RepoRSubmitted,
)

RNG = np.random.default_rng(0)
REWARDS = RNG.normal(size=(2, 5)).astype(np.float32)
LAW = jax.nn.log_softmax(jax.random.normal(jax.random.key(0), (7,)))


def everything(log_probs):
    """See every action of one law as a group, once."""
    shape = (1, log_probs.size, 1)
    return Seen(
        log_probs.reshape(shape),
        entropy_of(log_probs).reshape(1, 1, 1),
        jnp.ones(shape),
    )


def test_leave_one_out_is_what_its_name_says():
    others = [np.delete(REWARDS, i, axis=1).mean(axis=1) for i in range(5)]
    assert_close(Rloo()(REWARDS), jnp.asarray(REWARDS - np.stack(others, axis=1)))


def test_normalized_centered_and_plain_advantages():
    middle = REWARDS - REWARDS.mean(axis=1, keepdims=True)
    assert_close(Centered()(REWARDS), jnp.asarray(middle))
    scaled = middle / (REWARDS.std(axis=1, keepdims=True) + np.float32(1e-6))
    assert_close(GroupNormalized()(REWARDS), jnp.asarray(scaled))
    assert_close(Plain(0.5)(REWARDS), REWARDS - np.float32(0.5))


def test_equal_rewards_teach_nothing():
    for advantage in (Rloo(), GroupNormalized(), Centered()):
        assert not advantage(jnp.full((1, 7), 0.7)).any()
    left_out = TokenMean()(jnp.ones((2, 2, 1)), jnp.array([[1.0, 1.0], [0.0, 1.0]]))
    assert left_out.ravel().tolist() == [0.0, 0.0, 0.5, 0.5]
    assert not TokenMean()(jnp.ones((1, 2, 1)), jnp.ones((1, 2))).any()


def test_averages_of_rollouts_of_different_lengths():
    chosen = jnp.array([[[1.0, 0.0], [1.0, 1.0]]])
    rewards = jnp.array([[0.0, 1.0]])
    assert RolloutMean()(chosen, rewards).ravel().tolist() == [0.5, 0.0, 0.25, 0.25]
    assert RolloutSum()(chosen, rewards).ravel().tolist() == [0.5, 0.0, 0.5, 0.5]
    thirds = TokenMean()(chosen, rewards).ravel()
    np.testing.assert_allclose(thirds, [1 / 3, 0, 1 / 3, 1 / 3], rtol=ROUNDING)


def test_the_clip_has_the_gradient_of_its_formula():
    """That of min(rho A, clip(rho, 1 - e_low, 1 + e_high) A), everywhere."""
    clip = Ppo(0.2, 0.28)
    x = jnp.linspace(-0.6, 0.6, 41).reshape(1, -1, 1)

    for sign in (-1.0, 1.0):
        compared = jnp.full(x.shape, sign)

        def formula(x, compared=compared):
            rho = jnp.exp(x)
            bounded = jnp.clip(rho, 1 - clip.e_low, 1 + clip.e_high)
            return jnp.minimum(rho * compared, bounded * compared).sum()

        def ours(x, compared=compared):
            rho = clip.ratio(x, jnp.ones(x.shape))
            active = clip.active(jax.lax.stop_gradient(rho), compared)
            return jnp.where(active, rho * compared, 0.0).sum()

        assert_close(jax.grad(ours)(x), jax.grad(formula)(x))
        assert (jax.grad(ours)(x) == 0).any()
        assert (jax.grad(ours)(x) != 0).any()


def test_a_sequence_ratio_is_a_geometric_mean_of_what_was_chosen():
    log_ratio = jnp.array([[[0.2, 0.4, 9.0]]])
    chosen = jnp.array([[[1.0, 1.0, 0.0]]])
    ratio = Gspo().ratio(log_ratio, chosen)
    np.testing.assert_allclose(ratio.ravel(), np.exp(0.3), rtol=ROUNDING)
    assert_close(NoClip().ratio(log_ratio, chosen), jnp.exp(log_ratio))


def test_repo_r_boosts_rare_right_tokens_and_spares_rare_wrong_ones():
    """The four cases of the final form, with its clamps."""
    log_prob = jnp.array([-4.0, -0.01, -4.0, -0.01]).reshape(1, 4, 1)
    seen = Seen(log_prob, jnp.ones((1, 1, 1)), jnp.ones((1, 4, 1)))
    compared = jnp.array([1.0, 1.0, -1.0, -1.0]).reshape(1, 4, 1)
    keeps = RepoR(0.5)(compared, seen).ravel()
    np.testing.assert_allclose(keeps, [3.0, 1.005, 0.0, -0.995], rtol=1e-5)
    spends = RepoR(-0.5)(compared, seen).ravel()
    np.testing.assert_allclose(spends, [0.0, 0.995, -3.0, -1.005], rtol=1e-5)


def test_repo_r_as_submitted_leaves_wrong_tokens_alone():
    seen = everything(LAW)
    compared = jnp.array([1.0, -1.0, 1.0, -1.0, 0.5, -0.5, 0.0]).reshape(1, 7, 1)
    found = RepoRSubmitted(0.5)(compared, seen)
    centered = (LAW + entropy_of(LAW)).reshape(1, 7, 1)
    expected = compared - 0.5 * jnp.maximum(compared, 0) * centered
    assert_close(found, expected)


def test_repo_const_is_the_gradient_of_an_entropy_bonus():
    """E[score * (-beta L)] = beta grad H: exact, for every action at once."""
    logits = jax.random.normal(jax.random.key(3), (7,))

    def surrogate(logits):
        log_probs = jax.nn.log_softmax(logits)
        seen = jax.lax.stop_gradient(everything(log_probs))
        change = RepoConst(0.3)(jnp.zeros((1, 7, 1)), seen).ravel()
        return (jax.lax.stop_gradient(jnp.exp(log_probs) * change) * log_probs).sum()

    def bonus(logits):
        laws = jax.nn.log_softmax(logits).reshape(1, 1, 1, 7)
        return EntropyBonus(0.3)(laws, laws).sum()

    assert_close(jax.grad(surrogate)(logits), jax.grad(bonus)(logits))


def test_repo_n_leaves_the_entropy_as_it_is():
    """Weighted by pi, E[A' L pi] = 0 at zeta = 1 and (1 - zeta) E[A L pi] else."""
    draws = draw_actions(jax.random.key(1), LAW, 50)
    log_prob = LAW[draws].reshape(1, 50, 1)
    seen = Seen(log_prob, entropy_of(LAW).reshape(1, 1, 1), jnp.ones((1, 50, 1)))
    compared = jax.random.normal(jax.random.key(2), (1, 50, 1))

    def spent(change):
        return (change * (log_prob + seen.entropy) * jnp.exp(log_prob)).sum()

    before = spent(compared)
    assert abs(spent(RepoN(1.0)(compared, seen))) < 1e-5 * abs(before)
    np.testing.assert_allclose(
        spent(RepoN(0.9)(compared, seen)), 0.1 * before, rtol=1e-4
    )


def test_the_divergence_is_zero_at_the_reference_and_negative_elsewhere():
    laws = LAW.reshape(1, 1, 1, 7)
    other = jnp.roll(laws, 1, axis=-1)
    assert KlReference(2.0)(laws, laws).item() == 0
    expected = -2 * (np.exp(laws) * (laws - other)).sum()
    np.testing.assert_allclose(KlReference(2.0)(laws, other), expected, rtol=1e-5)


def test_draws_have_the_law_they_are_drawn_from():
    n = 20_000
    draws = draw_actions(jax.random.key(5), LAW, n)
    found = np.bincount(draws, minlength=7) / n
    probs = np.exp(LAW)
    assert (np.abs(found - probs) < 4 * np.sqrt(probs * (1 - probs) / n)).all()


@pytest.mark.parametrize("n", [5, 1000])
def test_what_is_impossible_is_never_drawn(n):
    law = jnp.log(jnp.array([0.0, 0.5, 0.0, 0.5] + [0.0] * (n - 4)))
    assert set(np.unique(draw_actions(jax.random.key(0), law, 5000))) == {1, 3}


def test_many_actions_are_drawn_alike(monkeypatch):
    law = jax.nn.log_softmax(jax.random.normal(jax.random.key(1), (3, 200)))
    by_product = draw_actions(jax.random.key(2), law, 500)
    monkeypatch.setattr("retrain_sim.policy.laws.WIDE", 10)
    by_scan = draw_actions(jax.random.key(2), law, 500)
    np.testing.assert_array_equal(by_product, by_scan)


@pytest.mark.parametrize("m", [1, 4])
def test_coverage_is_one_where_all_solutions_are_alike(m):
    np.testing.assert_allclose(coverage(jnp.full(m, 0.1)), 1.0, rtol=1e-5)
    lone = jnp.zeros(m).at[0].set(0.3)
    np.testing.assert_allclose(coverage(lone), 1 / m, rtol=1e-5)


def test_shifts_at_random_are_unbiased_for_all_shifts():
    """The mean over random sets of survivors is that over all sets, weighted."""
    solutions = jnp.array([0.4, 0.1, 0.2])
    n = 40_000
    kept = jax.random.uniform(jax.random.key(7), (n, 3)) < 0.3
    found = np.asarray(shift_pass_at_k(jnp.tile(solutions, (n, 1)), kept, 4))
    expected = 0.0
    for code in range(8):
        bits = np.array([code >> i & 1 for i in range(3)])
        weight = np.prod(np.where(bits, 0.3, 0.7))
        expected += weight * (1 - (1 - bits @ np.asarray(solutions)) ** 4)
    assert abs(found.mean() - expected) < 4 * found.std() / np.sqrt(n)
