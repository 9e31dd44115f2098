"""Limits against closed forms, and the orbits that have none."""

import math
import re

import numpy as np
import pytest

from retrain_sim.theory import (
    curation_multiplier,
    limit,
    nash_bargaining,
    plateau_limit,
    population_round,
)
from retrain_sim.theory.recurrence import closing_error, settled_period

CONDORCET = np.array([[2.0, 1.0, 0.0], [0.0, 2.0, 1.0], [1.0, 0.0, 2.0]])
HARD = np.array([[60.0, 0.0], [0.0, 60.0]])
START = np.array([0.36, 0.33, 0.31])
EQUAL = np.full(3, 1 / 3)


def orbit(step, start, n_rounds):
    rows = [start]
    for _ in range(n_rounds):
        rows.append(step(rows[-1]))
    return np.array(rows)[:, None]


# Recurrence


@pytest.mark.parametrize(("growth", "period"), [(2.8, 1), (3.2, 2), (3.5, 4)])
def test_the_logistic_map_settles_on_its_period(growth, period):
    path = orbit(lambda x: growth * x * (1 - x), 0.3, 500)[-65:]
    assert settled_period(path, 1e-10)[0] == period


def test_chaos_and_growth_do_not_settle():
    assert settled_period(orbit(lambda x: 3.9 * x * (1 - x), 0.3, 500), 1e-6)[0] is None
    assert closing_error(orbit(lambda x: 1.01 * x, 1e-12, 64), 1) == math.inf


@pytest.mark.parametrize("rate", [0.5, 0.9, 0.999, -0.9])
def test_the_closing_error_of_a_geometric_orbit_is_exact(rate):
    path = orbit(lambda x: rate * x, 1.0, 64)
    exact = abs(path[-1, 0])
    bound = exact if rate > 0 else exact * (1 - rate) / (1 + rate)
    assert closing_error(path, 1) == pytest.approx(bound, rel=1e-9, abs=0)


def test_slow_convergence_is_not_taken_for_arrival():
    """Like 1/t: the last step is 1e-6, the rest of the way 1e-3."""
    path = 1.0 / np.arange(1000.0, 1065.0)[:, None]
    assert abs(path[-1] - path[-2]) < 1e-6
    assert closing_error(path, 1) > 4e-4


# Fixed points


@pytest.mark.parametrize("q", [0.2, 0.4, 0.5, 0.64, 0.9])
def test_slates_of_three_end_at_three_q_minus_one(q):
    end = limit([0.5, 0.5], HARD, [q, 1 - q], 3)
    assert (end.kind, end.period) == ("fixed_point", 1)
    assert abs(end.probs[0] - np.clip(3 * q - 1, 0, 1)) <= 2 * end.residual + 1e-12


@pytest.mark.parametrize(("a_0", "settled"), [(0.04, 0.2), (0.25, 0.5)])
def test_real_data_ends_at_the_square_root(a_0, settled):
    start = [a_0, 1 - a_0]
    end = limit(start, HARD[:1], [1.0], 2, real_probs=start, real_share=0.5)
    assert end.kind == "fixed_point"
    assert abs(end.probs[0] - settled) <= 2e-9


def test_infinite_slates_end_at_the_bargain_without_iterating():
    end = limit(START, CONDORCET, [0.3, 0.3, 0.4], math.inf)
    nash = nash_bargaining(CONDORCET, [0.3, 0.3, 0.4], START)
    np.testing.assert_array_equal(end.probs, nash.probs)
    assert (end.kind, end.rounds) == ("fixed_point", 0)
    k = math.exp(-2.0)
    plateau = limit([0.5, 0.5], [[2.0, 0.0], [0.0, 2.0]], [0.3, 0.7], math.inf)
    expected = plateau_limit([0.3, 0.7], k)
    np.testing.assert_allclose(plateau.probs, expected, rtol=0, atol=1e-8)


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize("slate_size", [3, 8, 50])
def test_a_fixed_point_is_fixed_and_cannot_be_invaded(seed, slate_size):
    rng = np.random.default_rng(seed)
    start, weights = rng.dirichlet(np.ones(6)), rng.dirichlet(np.ones(3))
    rewards = 3.0 * rng.normal(size=(3, 6))
    end = limit(start, rewards, weights, slate_size)
    assert end.kind == "fixed_point"
    following = population_round(end.probs, rewards, weights, slate_size)
    np.testing.assert_allclose(following, end.probs, rtol=0, atol=2e-9)
    growth = curation_multiplier(end.probs, rewards, weights, slate_size)
    assert growth.max() < 1.0 + 1e-6
    elsewhere = limit(rng.dirichlet(np.ones(6)), rewards, weights, slate_size)
    np.testing.assert_allclose(elsewhere.probs, end.probs, rtol=0, atol=1e-7)


@pytest.mark.parametrize("start", [[0.2] * 5, [0.6, 0.1, 0.1, 0.1, 0.1]])
def test_five_outcomes_coexist_under_three_voters_at_slates_of_three(start):
    """Infinite slates keep at most one outcome per voter; finite ones may keep more."""
    favorites, liked_by_two = 6.0 * np.eye(3), 3.6 * np.array([[1, 1], [1, 0], [0, 1]])
    game = np.hstack([favorites, liked_by_two]), np.full(3, 1 / 3)
    end = limit(start, *game, 3)
    assert end.kind == "fixed_point"
    np.testing.assert_allclose(end.probs, limit([0.2] * 5, *game, 3).probs, atol=1e-6)
    assert end.probs.min() > 0.05
    assert (limit(start, *game, math.inf).probs > 0).sum() <= 3


def test_neutral_outcomes_stay_where_they_are():
    end = limit(START, np.zeros((1, 3)), [1.0], 2)
    np.testing.assert_allclose(end.probs, START, rtol=0, atol=1e-12)
    assert end.kind == "fixed_point"
    assert limit(START, CONDORCET, EQUAL, 1).kind == "fixed_point"


# Orbits without a limit


def test_slates_of_two_in_a_cycle_of_majorities_never_arrive():
    end = limit(START, CONDORCET, EQUAL, 2, temperature=0.2, max_rounds=3000)
    assert (end.kind, end.period) == ("not_reached", 0)
    assert end.probs.max() > 0.99  # it rests at a saddle, which another type invades
    inward = limit(START, CONDORCET, EQUAL, 3)
    assert inward.kind == "fixed_point"
    np.testing.assert_allclose(inward.probs, EQUAL, rtol=0, atol=2e-9)


def test_little_real_data_leaves_a_cycle_and_more_a_fixed_point():
    real = {"real_probs": EQUAL, "temperature": 0.2, "max_rounds": 3000}
    wandering = limit(START, CONDORCET, EQUAL, 2, real_share=0.005, **real)
    assert wandering.kind == "not_reached"
    assert wandering.probs.min() > 0.0
    settled = limit(START, CONDORCET, EQUAL, 2, real_share=0.05, **real)
    assert settled.kind == "fixed_point"
    np.testing.assert_allclose(settled.probs, EQUAL, rtol=0, atol=2e-9)


def test_a_marginal_minority_is_not_said_to_have_arrived():
    """At q = 1/3 the minority vanishes like 1/t."""
    end = limit([0.5, 0.5], HARD, [1 / 3, 2 / 3], 3, max_rounds=2000)
    assert end.kind == "not_reached"
    assert end.probs[0] > 1e-4


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"max_rounds": 0}, "max_rounds is 0, allowed integers >= 1"),
        ({"tolerance": -1.0}, "tolerance contains -1.0"),
        ({"real_share": 0.5}, "real_share is 0.5, allowed 0 without real_probs"),
        ({"slate_size": 0.5}, "slate_size is 0.5"),
    ],
)
def test_wrong_arguments_are_named_in_one_line(change, message):
    good = {"probs": START, "rewards": CONDORCET, "voter_weights": EQUAL}
    with pytest.raises(ValueError, match=re.escape(message)) as caught:
        limit(**good | {"slate_size": 2} | change)
    assert "\n" not in str(caught.value)
