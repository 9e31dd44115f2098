"""The basin theorems, and the assumptions that they need, on measured landscapes."""

import math
import re

import numpy as np
import pytest

from retrain_sim.theory import (
    audit_basins,
    leakage_interval,
    nash_bargaining,
    plateau_limit,
    population_trajectory,
    quadratic_limit,
    triangle_transition,
    two_plateau_round,
    variance_bound,
)


def two_basins(seed, scale=1.0):
    """Two noisy plateaus, and outcomes that both voters dislike."""
    rng = np.random.default_rng(seed)
    rewards = scale * np.repeat([[6.0, 1.0, 0.0], [2.0, 6.0, 0.0]], 4, axis=1)
    rewards[:, :8] += rng.uniform(-0.2, 0.0, size=(2, 8))
    return rng.dirichlet(np.ones(12)), rewards


# The audit


def test_basins_gaps_and_leakage_by_hand():
    rewards = [[5.0, 4.5, 1.0, 0.0, 9.0], [2.0, 0.0, 6.0, 1.0, 9.0]]
    start = [0.2, 0.1, 0.4, 0.3, 0.0]
    audit = audit_basins(start, rewards, 0.5, [0.5, 0.5], temperature=2.0)
    expected = [[True, True, False, False, False], [False, False, True, False, False]]
    np.testing.assert_array_equal(audit.members, expected)
    np.testing.assert_array_equal(audit.gaps, [4.0, 4.0])
    assert audit.outside_gap == 5.0
    np.testing.assert_allclose(audit.leakage, math.exp(-1.5), rtol=1e-15)
    np.testing.assert_allclose(audit.sharp_leakage, math.exp(-1.75), rtol=1e-15)
    np.testing.assert_allclose(audit.shares[0], [0.3, 0.4], rtol=1e-15)
    assert all(audit.main_text.values())
    assert audit.appendix == {"outside domination": True}


@pytest.mark.parametrize("seed", range(8))
@pytest.mark.parametrize("q", [0.3, 0.5, 0.8])
def test_where_the_audit_passes_the_limit_is_in_the_interval(seed, q):
    start, rewards = two_basins(seed)
    audit = audit_basins(start, rewards, 0.2, [q, 1 - q], n_rounds=400)
    assert all(audit.main_text.values())
    assert audit.appendix["outside domination"]
    assert audit.outside_mass[-1] < 1e-9
    rho = audit.outside_growth.max()
    bound = audit.outside_mass[0] * rho ** np.arange(401)
    assert (audit.outside_mass <= bound * (1 + 1e-12)).all()
    for leakage in (audit.leakage, audit.sharp_leakage):
        low, high = leakage_interval(q, *leakage)
        assert low - 1e-9 <= audit.shares[-1, 0] <= high + 1e-9


def test_a_leakage_that_counts_the_tolerance_twice_in_favor_is_refuted():
    """With exp(-(Delta + eps)) the interval would miss the limit of plain plateaus."""
    k, eps = 0.2, 1.0
    share = plateau_limit([0.3, 0.7], k)[0]
    rewards = np.log([[1.0, k], [k, 1.0]])
    audit = audit_basins([0.5, 0.5], rewards, eps, [0.3, 0.7], n_rounds=0)
    low, _ = leakage_interval(0.3, *(np.exp(-audit.gaps)))
    assert low < share
    low, _ = leakage_interval(0.3, *(np.exp(-audit.gaps - eps)))
    assert low > share


@pytest.mark.parametrize("seed", range(8))
def test_variance_stays_above_its_bound(seed):
    start, rewards = two_basins(seed)
    audit = audit_basins(start, rewards, 0.2, [0.4, 0.6])
    last = population_trajectory(start, rewards, [0.4, 0.6], math.inf, 400)[-1]
    for reward, gap in zip(rewards, audit.gaps, strict=True):
        variance = last @ reward**2 - (last @ reward) ** 2
        assert variance >= variance_bound(audit.shares[-1, 0], gap, 0.2) > 1.0


def test_a_compromise_breaks_outside_domination_and_takes_all():
    """Balanced at gap delta it invades iff 2 exp(-delta) > 1 + exp(-Delta)."""
    gap = 4.0
    edge = -math.log((1 + math.exp(-gap)) / 2)
    for delta, invades in ((edge - 0.15, True), (edge + 0.15, False)):
        rewards = gap - np.array([[0.0, gap, delta], [gap, 0.0, delta]])
        audit = audit_basins([0.45, 0.45, 0.1], rewards, 0.1, n_rounds=500)
        assert all(audit.main_text.values())
        assert audit.appendix["outside domination"] is not invades
        assert (audit.outside_mass[-1] > 0.99) == invades


def test_broken_assumptions_are_named():
    start, rewards = two_basins(0)
    same = audit_basins(start, rewards[[0, 0]], 0.2, [0.5, 0.5])
    assert not same.main_text["disjoint basins"]
    wide = audit_basins(start, rewards, 3.0, [0.5, 0.5])
    assert not wide.main_text["gaps above 2 eps"]
    faint = audit_basins(start, rewards, 0.2, [0.01, 0.99])
    assert faint.main_text == {
        "disjoint basins": True,
        "gaps above 2 eps": True,
        "weights above leakage": False,
    }
    assert leakage_interval(0.01, *faint.leakage) == (0.0, 1.0)


def test_a_too_small_tolerance_leaves_the_limit_outside():
    """Quadratic rewards at distance 1.6: the outcomes that survive are not optima."""
    x = np.linspace(-3.0, 3.0, 1201)
    rewards = -((x - np.array([[-0.8], [0.8]])) ** 2)
    start = np.full(x.size, 1 / x.size)
    limit = quadratic_limit(1.6, 0.5).positions
    edge = (0.8 - limit[1]) ** 2
    assert edge == pytest.approx(0.0445, rel=0, abs=1e-4)
    nash = nash_bargaining(rewards, [0.5, 0.5])
    for eps, outside in ((edge - 0.005, True), (edge + 0.005, False)):
        audit = audit_basins(start, rewards, eps, [0.5, 0.5], n_rounds=0)
        assert (not audit.members[:, nash.support].any()) == outside


def test_one_voter_has_no_other_basin():
    audit = audit_basins([0.5, 0.5], [[1.0, 0.0]], 0.0, n_rounds=0)
    np.testing.assert_array_equal(audit.gaps, [math.inf])
    np.testing.assert_array_equal(audit.leakage, [0.0])
    everything = audit_basins([0.5, 0.5], [[1.0, 0.0]], 1.0, n_rounds=0)
    assert everything.outside_gap == math.inf
    assert everything.outside_growth == [0.0]


# Limits in closed form


@pytest.mark.parametrize("leakages", [(0.0, 0.0), (0.1, 0.1), (0.05, 0.6), (0.7, 0.2)])
def test_two_plateaus_end_where_their_round_leads(leakages):
    for q in np.linspace(0.03, 0.97, 11):
        limit = plateau_limit([q, 1 - q], leakages)
        rewards = np.log(np.maximum([[1.0, leakages[0]], [leakages[1], 1.0]], 1e-300))
        nash = nash_bargaining(rewards, [q, 1 - q], tolerance=1e-12)
        np.testing.assert_allclose(limit, nash.probs, rtol=0, atol=1e-6)
        fixed = two_plateau_round(limit[0], q, math.inf, *leakages)
        assert abs(fixed - limit[0]) < 1e-14


@pytest.mark.parametrize("m", [1, 2, 3, 6])
@pytest.mark.parametrize("leakage", [0.0, 0.2, 0.8])
def test_equal_plateaus_are_the_bargain(m, leakage):
    rng = np.random.default_rng(m)
    rewards = np.log(np.maximum(np.where(np.eye(m) > 0, 1.0, leakage), 1e-300))
    for weights in rng.dirichlet(np.ones(m), size=10):
        nash = nash_bargaining(rewards, weights, tolerance=1e-12)
        limit = plateau_limit(weights, leakage)
        np.testing.assert_allclose(limit, nash.probs, rtol=0, atol=1e-6)


def test_both_plateaus_survive_exactly_between_the_leakage_weights():
    k = 0.3
    edge = k / (1 + k)
    assert plateau_limit([edge - 1e-9, 1 - edge + 1e-9], k)[0] == 0.0
    assert plateau_limit([edge + 1e-9, 1 - edge - 1e-9], k)[0] > 0.0


@pytest.mark.parametrize("distance", [0.5, 1.3, 1.5, 2.0, 4.0])
@pytest.mark.parametrize("q", [0.1, 0.5, 0.7])
def test_two_optima_end_where_the_bargain_is(distance, q):
    limit = quadratic_limit(distance, q)
    x = np.linspace(-distance, distance, 200_001)
    optima = np.array([[-distance / 2], [distance / 2]])
    nash = nash_bargaining(-((x - optima) ** 2), [q, 1 - q])
    np.testing.assert_allclose(nash.probs @ x, limit.probs @ limit.positions, atol=1e-4)
    first = x[nash.support] < (limit.positions[0] + limit.positions[-1]) / 2
    if limit.probs.size == 2:
        cell = 2 * distance / 200_000
        near = np.where(first, *limit.positions)
        assert (np.abs(x[nash.support] - near) <= cell).all()
        share = nash.probs[nash.support] @ first
        np.testing.assert_allclose(share, limit.probs[0], rtol=0, atol=1e-4)
    else:
        assert (np.abs(x[nash.support] - limit.positions) < 1e-3 * distance).all()


def test_the_transition_of_two_optima_is_at_the_square_root_of_two():
    below, above = (quadratic_limit(math.sqrt(2) + s, 0.5) for s in (-1e-9, 1e-6))
    np.testing.assert_array_equal(below.positions, [0.0])
    assert above.positions.size == 2
    assert abs(above.positions[1]) < 1e-2  # continuous: like the square root
    hot = quadratic_limit(2.0, 0.4, temperature=4.0)
    unit = quadratic_limit(1.0, 0.4)
    np.testing.assert_allclose(hot.positions, 2.0 * unit.positions, rtol=1e-15)


def test_two_optima_far_apart_are_hard_separation():
    limit = quadratic_limit(100.0, 0.3)
    np.testing.assert_array_equal(limit.positions, [-50.0, 50.0])
    np.testing.assert_allclose(limit.probs, [0.3, 0.7], rtol=1e-15)


def triangle(rho, points):
    """Return the rewards of three corners at circumradius rho, for points [2, n]."""
    angle = 2 * np.pi * np.arange(3) / 3
    corners = rho * np.stack([np.cos(angle), np.sin(angle)], axis=1)
    return -((points[None] - corners[:, :, None]) ** 2).sum(axis=1)


def test_the_triangle_jumps_on_a_plane_of_outcomes():
    """Not only on the three rays to the corners that the closed form looks at."""
    side = np.linspace(-1.0, 1.0, 401)
    points = np.stack(np.meshgrid(side, side)).reshape(2, -1)
    transition = triangle_transition()
    for step, radius in ((-2e-4, 0.0), (2e-4, transition.radius)):
        rewards = triangle(transition.circumradius + step, points)
        nash = nash_bargaining(rewards, np.full(3, 1 / 3))
        reached = np.hypot(*points[:, nash.support])
        np.testing.assert_allclose(reached, radius, rtol=0, atol=0.015)
    assert transition.circumradius == pytest.approx(0.96135, rel=0, abs=5e-6)
    assert transition.radius == pytest.approx(0.4807, rel=0, abs=5e-5)


def test_the_center_of_the_triangle_is_stable_up_to_one():
    ring = np.linspace(0, 2 * np.pi, 60)
    points = 1e-3 * np.stack([np.cos(ring), np.sin(ring)])
    for rho in (0.98, 1.02):
        utility = np.exp(triangle(rho, points) + rho**2)
        invades = utility.mean(axis=0) > 1.0
        assert (invades == (rho > triangle_transition().stable_until)).all()


def test_length_targets_are_plateaus():
    """Rewards -|L - T_i|: between the targets nothing survives."""
    lengths = np.arange(0.0, 30.0)
    for q, gap in ((0.5, 5.0), (0.4, 1.0), (0.2, 1.0)):
        targets = np.array([[10.0], [10.0 + gap]])
        nash = nash_bargaining(-np.abs(lengths - targets), [q, 1 - q])
        shares = nash.probs[targets[:, 0].astype(int)]
        expected = plateau_limit([q, 1 - q], math.exp(-gap))
        np.testing.assert_allclose(shares, expected, rtol=0, atol=1e-7)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: audit_basins([1.0], [[0.0]], -1.0), "eps contains -1.0"),
        (
            lambda: audit_basins([1.0], [[0.0]], 0.0, temperature=math.inf),
            "temperature contains inf",
        ),
        (
            lambda: audit_basins([1.0], [[0.0]], 0.0, n_rounds=-1),
            "n_rounds is -1",
        ),
        (lambda: audit_basins([1.0], [[0.0]], [1.0]), "eps has shape (1,)"),
        (lambda: leakage_interval(0.5, -0.1, 0.0), "leakage_1 contains -0.1"),
        (lambda: variance_bound(1.5, 1.0, 0.0), "share contains 1.5"),
        (lambda: plateau_limit([0.5, 0.5], 1.0), "leakage contains 1.0"),
        (lambda: plateau_limit([1.0], [0.1, 0.1]), "leakage has shape (2,) for 1"),
        (lambda: quadratic_limit(-1.0, 0.5), "distance contains -1.0"),
        (lambda: quadratic_limit(1.0, 0.5, 0.0), "temperature is 0.0"),
        (lambda: triangle_transition(-1.0), "temperature is -1.0"),
    ],
)
def test_wrong_arguments_are_named_in_one_line(call, message):
    with pytest.raises(ValueError, match=re.escape(message)) as caught:
        call()
    assert "\n" not in str(caught.value)
