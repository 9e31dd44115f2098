"""Forecasts of pools whose fate is known."""

import math

import numpy as np
import pytest

from retrain_sim.forecasting import forecast, summary
from retrain_sim.theory import (
    coexistence_threshold,
    count_chain,
    critical_slate_size,
    curation_multiplier,
    limit,
    plateau_limit,
    population_round,
    population_trajectory,
    two_plateau_round,
)
from retrain_sim.theory.pool_growth import pool_growth

HARD = {"a": [60.0, 0.0], "b": [0.0, 60.0], "group": ["A", "B"]}
CONDORCET = {
    "first": [2.0, 1.0, 0.0],
    "second": [0.0, 2.0, 1.0],
    "third": [1.0, 0.0, 2.0],
    "prob": [0.36, 0.33, 0.31],
}


def cloud(n, seed=0, spread=1.5, groups=3):
    """Scored outputs without structure; the groups mean nothing."""
    rng = np.random.default_rng(seed)
    table = dict(zip("ab", rng.normal(size=(2, n)) * spread, strict=True))
    return table | {"group": [f"g{i % groups}" for i in range(n)]}


def plateaus(leakage):
    """Two types, the other one's worth `leakage` to each voter."""
    gap = -math.log(leakage)
    return {"a": [gap, 0.0], "b": [0.0, gap], "group": ["A", "B"]}


# Limits


@pytest.mark.parametrize("q", [0.2, 0.35, 0.5, 0.7])
def test_two_plateaus_end_as_their_closed_form_says(q):
    found = forecast(plateaus(0.1), weights=[q, 1 - q], slate_size=math.inf, rounds=5)
    expected = plateau_limit([q, 1 - q], 0.1)
    np.testing.assert_allclose(found.end_masses, expected, atol=1e-7)
    np.testing.assert_allclose(found.nash_masses, expected, atol=1e-7)
    assert found.nash.gap <= 1e-9


@pytest.mark.parametrize("slate_size", [3, 4, 8])
@pytest.mark.parametrize("side", [-0.02, 0.02])
def test_survival_turns_at_the_threshold_of_coexistence(slate_size, side):
    low, _ = coexistence_threshold(slate_size, 0.1, 0.1)
    q = low + side
    found = forecast(plateaus(0.1), weights=[q, 1 - q], slate_size=slate_size, rounds=2)
    voter = found.voters[0]
    assert voter.survival.survives == (side > 0)
    assert (voter.survival.margin > 0) == (side > 0)
    if side < 0:
        assert voter.rescue.voter_weight == pytest.approx(low, abs=2e-3)
        assert voter.rescue.voter_weight >= low - 1e-6


@pytest.mark.parametrize("q", [0.05, 0.15, 0.3])
def test_the_saving_slate_is_the_critical_one(q):
    found = forecast(HARD, weights=[q, 1 - q], slate_size=2, rounds=2)
    assert found.voters[0].rescue.slate_size == critical_slate_size([q, 1 - q])


def test_nothing_saves_what_infinite_slates_lose():
    """A compromise between two voters who are close takes everything."""
    pool = {"a": [1.0, 0.0, 0.9], "b": [0.0, 1.0, 0.9]}
    found = forecast(pool, rounds=5)
    assert [fate.survival.survives for fate in found.voters] == [False, False]
    assert {fate.rescue.slate_size for fate in found.voters} == {None}


def test_hard_separation_at_three():
    found = forecast(HARD, weights=[0.4, 0.6], slate_size=3)
    np.testing.assert_allclose(found.end_masses, [0.2, 0.8], atol=1e-8)
    invasion = 3 * np.array([0.4, 0.6]) - 1
    margins = [fate.survival.margin for fate in found.voters]
    np.testing.assert_allclose(margins, invasion, atol=1e-9)


def test_a_condorcet_cycle_spirals_out_at_two_and_in_at_three():
    inward = forecast(CONDORCET, slate_size=3, rounds=20)
    assert inward.end.kind == "fixed_point"
    np.testing.assert_allclose(inward.end.probs, 1 / 3, atol=1e-7)
    outward = forecast(CONDORCET, slate_size=2, rounds=20)
    assert outward.end.kind == "not_reached"
    assert outward.end.probs.min() < 1e-3


def test_the_limit_is_that_of_the_theory():
    table = cloud(60)
    rewards = np.array([table["a"], table["b"]])
    found = forecast(table, weights=[0.5, 0.5], slate_size=4, rounds=2)
    exact = limit(np.full(60, 1 / 60), rewards, [0.5, 0.5], 4)
    assert found.end.kind == exact.kind == "fixed_point"
    np.testing.assert_allclose(found.end_rewards, rewards @ exact.probs, atol=1e-7)


def test_the_limit_of_a_large_pool_is_not_invaded():
    table = cloud(3000)
    found = forecast(table, slate_size=6, rounds=30, kept=50)
    assert found.end.kind == "fixed_point"
    assert found.end.probs.size == 3000
    rewards = found.pool.rewards
    order = np.lexsort((found.pool.groups, *rewards))
    growth = curation_multiplier(found.end.probs, rewards[:, order], [0.5, 0.5], 6)
    assert growth.max() < 1 + 1e-7
    assert growth[found.end.probs > 1e-6].min() > 1 - 1e-7


def test_the_limit_of_a_large_pool_beside_real_data_is_fixed():
    found = forecast(cloud(700), rounds=2, kept=10, real_share=0.3)
    assert found.end.kind == "fixed_point"
    rewards, start = found.pool.rewards, found.pool.probs
    order = np.lexsort((found.pool.groups, *rewards))
    game = rewards[:, order], [0.5, 0.5], 8
    real = {"real_probs": start, "real_share": 0.3}
    after = population_round(found.end.probs, *game, **real)
    np.testing.assert_allclose(after, found.end.probs, atol=1e-8)


# Course


@pytest.mark.parametrize("slate_size", [1, 2, 8, math.inf])
@pytest.mark.parametrize("real_share", [0.0, 0.2])
def test_the_course_is_the_population_map(slate_size, real_share):
    table = cloud(40)
    rewards, start = np.array([table["a"], table["b"]]), np.full(40, 1 / 40)
    found = forecast(
        table, (), [0.3, 0.7], slate_size=slate_size, rounds=6, real_share=real_share
    )
    real = {"real_probs": start, "real_share": real_share}
    path = population_trajectory(start, rewards, [0.3, 0.7], slate_size, 6, **real)
    np.testing.assert_allclose(found.course.mean_rewards, path @ rewards.T, atol=1e-9)
    groups = np.arange(40)[:, None] % 3 == np.arange(3)
    np.testing.assert_allclose(found.course.group_masses, path @ groups, atol=1e-9)
    entropy = -(path * np.log(path)).sum(axis=1)
    np.testing.assert_allclose(found.course.entropy, entropy, atol=1e-8)
    size = 1 / (path**2).sum(axis=1)
    np.testing.assert_allclose(found.course.effective_sample_size, size, rtol=1e-8)


def test_welfare_never_falls_with_infinite_slates_and_ends_at_the_bargain():
    found = forecast(cloud(200), slate_size=math.inf, rounds=400, kept=50)
    assert (np.diff(found.welfare_gap) <= 1e-12).all()
    assert found.welfare_gap[-1] < 1e-3


def test_half_life_is_the_first_round_at_half():
    found = forecast(cloud(100), rounds=30)
    effective = found.course.effective_outcomes
    half = found.half_life
    assert effective[half] <= 0.5 * effective[0] < effective[half - 1]
    assert forecast(cloud(100), rounds=30, slate_size=1).half_life is None


def test_constant_rewards_are_nothing_to_select():
    found = forecast({"a": [1.0] * 4, "group": ["x", "x", "x", "y"]}, rounds=9)
    assert found.constant
    np.testing.assert_allclose(found.end_masses, [0.75, 0.25])
    assert found.voters[0].survival.survives
    assert abs(found.voters[0].survival.margin) < 1e-12


def test_a_single_row_stays():
    found = forecast({"a": [3.0]}, rounds=3)
    assert found.course.effective_outcomes.tolist() == [1.0] * 4
    assert found.voters[0].survival.survives


def test_rewards_of_a_thousand_are_finite():
    found = forecast(cloud(200, spread=1e3), rounds=10, kept=50)
    flat = summary(found)["trajectory"]
    assert np.isfinite(flat["entropy"] + flat["welfare_gap"]).all()


# Invariances


def facts(found):
    """Collect what does not depend on how a pool is written down."""
    return np.concatenate([
        found.end_masses,
        found.end_rewards,
        found.nash.mean_utilities,
        found.welfare_gap,
        found.course.group_masses.ravel(),
        found.course.mean_rewards.ravel(),
        [fate.survival.margin for fate in found.voters],
    ])  # fmt: skip


def test_order_of_rows_copies_of_rows_and_rows_without_weight_change_nothing():
    table = cloud(50)
    plain = facts(forecast(table, rounds=5))
    order = np.random.default_rng(3).permutation(50)
    mixed = {name: [values[i] for i in order] for name, values in table.items()}
    np.testing.assert_allclose(facts(forecast(mixed, rounds=5)), plain, atol=1e-9)
    twice = {name: [*values, *values[:10]] for name, values in table.items()}
    twice["prob"] = [0.5] * 10 + [1.0] * 40 + [0.5] * 10
    np.testing.assert_allclose(facts(forecast(twice, rounds=5)), plain, atol=1e-9)
    more = {name: [*values, values[0]] for name, values in table.items()}
    more["a"][-1] = 99.0
    more["weight"] = [1.0] * 50 + [0.0]
    np.testing.assert_allclose(facts(forecast(more, rounds=5)), plain, atol=1e-9)


def test_a_constant_added_to_a_reward_changes_its_means_only():
    table = cloud(50)
    shifted = table | {"a": table["a"] + 7.0}
    plain, moved = forecast(table, rounds=5), forecast(shifted, rounds=5)
    np.testing.assert_allclose(moved.end_masses, plain.end_masses, atol=1e-8)
    means = plain.end_rewards + np.array([7.0, 0.0])
    np.testing.assert_allclose(moved.end_rewards, means, atol=1e-7)


# Chance, resamples, real data


def test_the_risk_of_loss_is_that_of_the_exact_chain():
    q, kept, rounds = 0.3, 12, 10
    pool = HARD | {"prob": [q, 1 - q]}
    settings = {"slate_size": 4, "kept": kept, "rounds": rounds}
    found = forecast(pool, weights=[q, 1 - q], **settings)
    chain = count_chain(lambda a: two_plateau_round(a, q, 4), kept)
    first = np.array([math.comb(kept, j) for j in range(kept + 1)], float)
    kept_share = two_plateau_round(q, q, 4)
    law = first * kept_share ** np.arange(kept + 1)
    law *= (1 - kept_share) ** np.arange(kept, -1, -1)
    law = law @ np.linalg.matrix_power(chain.transition, rounds - 1)
    risk = found.risk
    off = np.abs(risk.loss_probability - [law[0], law[-1]])
    assert (off < 4 * risk.error).all()


@pytest.mark.slow
def test_bands_are_the_spread_of_other_samples():
    """Within a factor of 2: over 12 pools a spread is known to 21 %."""
    pools = [cloud(400, seed) for seed in range(12)]
    found = [forecast(pool, rounds=3, kept=50) for pool in pools]
    spread = np.std([f.course.mean_rewards[3] for f in found], axis=0, ddof=1)
    errors = np.mean([f.errors.mean_rewards[3] for f in found], axis=0)
    assert (np.abs(np.log(errors / spread)) < np.log(2.0)).all()


def test_the_needed_real_share_keeps_the_entropy_and_less_does_not():
    pool = plateaus(0.1) | {"prob": [0.5, 0.5]}
    game = {"weights": [0.05, 0.95], "rounds": 2}
    needed = forecast(pool, **game, keep_entropy=0.5).needed
    for step, enough in ((0.0, True), (-2e-3, False)):
        share = needed.real_share + step
        masses = forecast(pool, **game, real_share=share).end_masses
        entropy = -(masses * np.log(masses)).sum()
        assert (entropy >= 0.5 * math.log(2) - 1e-6) == enough
    assert forecast(HARD, rounds=2, keep_entropy=0.5).needed.real_share == 0.0


def test_real_data_alone_change_nothing():
    found = forecast(cloud(30), rounds=4, real_share=1.0)
    np.testing.assert_allclose(found.course.entropy, math.log(30), atol=1e-12)
    assert found.risk.loss_probability.tolist() == [0.0] * 3


def test_the_risk_in_a_large_pool_is_that_of_its_rows():
    """What is lost is left out: no other law, 4 standard errors of both."""
    table = cloud(600, seed=5) | {"a": cloud(600, seed=5)["a"] + np.arange(600) % 3}
    kept, rounds, seeds = 60, 12, 200
    found = forecast(table, slate_size=4, kept=kept, rounds=rounds)
    growth = pool_growth(found.pool.rewards, np.full(2, 0.5), 4)
    rng, probs = np.random.default_rng(1), np.tile(found.pool.probs, (seeds, 1))
    for _ in range(rounds):
        law = probs * growth(probs)
        probs = rng.multinomial(kept, law / law.sum(axis=1, keepdims=True)) / kept
    masses = np.array([probs[:, found.pool.groups == g].sum(axis=1) for g in range(3)])
    lost = (masses == 0).mean(axis=1)
    error = np.hypot(found.risk.error, found.risk.error)
    assert (np.abs(lost - found.risk.loss_probability) < 4 * error).all()
    assert 0.1 < lost.max() < 1.0
