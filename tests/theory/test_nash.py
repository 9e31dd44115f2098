"""The Nash solver against a convex solver, its certificate, and the map it solves."""

import math
import re
import time

import hypothesis
import hypothesis.extra.numpy as hnp
import hypothesis.strategies as st
import jax
import numpy as np
import pytest

from retrain_sim.theory import (
    core,
    hard_separation_point,
    kkt_gap,
    nash_bargaining,
    population_trajectory,
    two_plateau_round,
    welfare,
    welfare_regret_bound,
)

few = hypothesis.settings(deadline=None, max_examples=25, derandomize=True)
rewards_3x5 = hnp.arrays(float, (3, 5), elements=st.floats(-8, 8, width=32))
masses = st.lists(st.floats(0.01, 1.0), min_size=5, max_size=5)
shares = masses.map(lambda values: np.array(values) / np.sum(values))
votes = masses.map(lambda values: np.array(values[:3]) / np.sum(values[:3]))


def instance(seed, n, m, scale=2.0):
    rng = np.random.default_rng(seed)
    return scale * rng.normal(size=(m, n)), rng.dirichlet(np.full(m, 2.0))


def parabolas(seed, n, m):
    """Distances to m targets on a line: neighbors are almost equal outcomes."""
    rng = np.random.default_rng(seed)
    targets = rng.uniform(-2.0, 2.0, size=(m, 1))
    return -((np.linspace(-3.0, 3.0, n) - targets) ** 2), rng.dirichlet(np.ones(m))


# The optimum


@pytest.mark.parametrize("make", [instance, parabolas])
@pytest.mark.parametrize(("n", "m"), [(10, 2), (200, 3), (500, 4), (1000, 8)])
def test_mean_utilities_equal_those_of_a_convex_solver(make, n, m):
    cvxpy = pytest.importorskip("cvxpy")
    rewards, weights = make(n + m, n, m)
    utility = np.exp(rewards - rewards.max(axis=1, keepdims=True))
    if n <= 200:  # beyond, the solver fails on the dual
        prices = cvxpy.Variable(m)
        goal, limits = cvxpy.log(prices), [utility.T @ prices <= 1]
    else:
        probs = cvxpy.Variable(n)
        goal = cvxpy.log(utility @ probs)
        limits = [probs >= 0, cvxpy.sum(probs) == 1]
    tight = {f"tol_{name}": 1e-12 for name in ("gap_abs", "gap_rel", "feas")}
    cvxpy.Problem(cvxpy.Maximize(weights @ goal), limits).solve("CLARABEL", **tight)
    means = weights / prices.value if n <= 200 else utility @ probs.value
    nash = nash_bargaining(rewards, weights)
    np.testing.assert_allclose(nash.mean_utilities, means, rtol=0, atol=1e-7)


@few
@hypothesis.given(rewards_3x5, votes, shares)
def test_the_certificate_bounds_the_missing_welfare(r, w, p):
    best = nash_bargaining(r, w, tolerance=1e-10)
    assert best.converged
    missing = best.welfare - welfare(p, r, w)
    assert -1e-10 <= missing <= kkt_gap(p, r, w) + 1e-10


@few
@hypothesis.given(rewards_3x5, votes)
def test_the_certificate_is_that_of_the_answer(r, w):
    nash = nash_bargaining(r, w)
    assert abs(kkt_gap(nash.probs, r, w) - nash.gap) < 1e-12
    assert abs(welfare(nash.probs, r, w) - nash.welfare) < 1e-12
    utility = np.exp(r - r.max(axis=1, keepdims=True))
    np.testing.assert_allclose(utility @ nash.probs, nash.mean_utilities, rtol=1e-12)


@pytest.mark.parametrize("make", [instance, parabolas])
@pytest.mark.parametrize("m", [1, 2, 5, 9])
def test_at_most_one_outcome_per_voter_survives(make, m):
    nash = nash_bargaining(*make(m, 5000, m))
    assert nash.converged
    assert nash.support.size <= m
    assert nash.probs.sum() == pytest.approx(1.0, rel=1e-12, abs=0)
    np.testing.assert_array_equal(np.flatnonzero(nash.probs), nash.support)


@few
@hypothesis.given(rewards_3x5, votes, st.permutations(range(5)), st.floats(-9, 9))
def test_order_constants_and_duplicates_do_not_matter(r, w, order, constant):
    base = nash_bargaining(r, w, tolerance=1e-11)
    variants = {
        "atoms": nash_bargaining(r[:, order], w, tolerance=1e-11),
        "constant": nash_bargaining(r + constant, w, tolerance=1e-11),
        "duplicate atoms": nash_bargaining(np.hstack([r, r[:, :3]]), w),
        "voters": nash_bargaining(r[::-1], w[::-1], tolerance=1e-11),
        "scale": nash_bargaining(3.0 * r, w, temperature=3.0, tolerance=1e-11),
    }
    for name, nash in variants.items():
        means = nash.mean_utilities[:: -1 if name == "voters" else 1]
        # Welfare is curved by 1 or more around its optimum, in log utilities.
        atol = math.sqrt(2e-9 / w.min())
        np.testing.assert_allclose(
            means, base.mean_utilities, rtol=0, atol=atol, err_msg=name
        )
        assert abs(nash.welfare - base.welfare) < 1.1e-9, name


# The limit of the map


def test_iterated_rounds_approach_the_bargain_within_the_regret():
    rewards, weights = instance(3, 12, 3)
    start = np.random.default_rng(3).dirichlet(np.ones(12))
    nash = nash_bargaining(rewards, weights, start, tolerance=1e-11)
    path = population_trajectory(start, rewards, weights, math.inf, 3000)
    missing = nash.welfare - welfare(path, rewards, weights)
    bound = welfare_regret_bound(start, nash.probs, 3000)
    assert (missing <= bound + 1e-11).all()
    assert missing[-1] < 1e-6
    utility = np.exp(rewards - rewards.max(axis=1, keepdims=True))
    np.testing.assert_allclose(utility @ path[-1], nash.mean_utilities, atol=1e-4)


def test_ties_keep_their_initial_proportions_as_the_map_leaves_them():
    rewards = np.array([[4.0, 4.0, 0.0, 0.0, 0.0], [0.0, 0.0, 4.0, 4.0, -1.0]])
    start = np.array([0.1, 0.3, 0.2, 0.3, 0.1])
    nash = nash_bargaining(rewards, [0.4, 0.6], start, tolerance=1e-12)
    path = population_trajectory(start, rewards, [0.4, 0.6], math.inf, 200)
    np.testing.assert_allclose(nash.probs, path[-1], rtol=0, atol=1e-10)


def test_welfare_rises_and_divergence_falls_on_a_thousand_landscapes():
    rng = np.random.default_rng(0)
    n_landscapes, n, m, n_rounds = 1000, 8, 3, 40
    rewards = rng.normal(size=(n_landscapes, m, n)) * rng.exponential(3.0, (1000, 1, 1))
    weights = rng.dirichlet(np.ones(m), size=n_landscapes)
    start = rng.dirichlet(np.ones(n), size=n_landscapes)
    z = rewards - rewards.max(axis=2, keepdims=True)
    with jax.enable_x64(True):
        run = jax.vmap(lambda p, z, w: core.trajectory(p, z, w, 1, None, n_rounds)[0])
        paths = np.asarray(jax.jit(run)(start, z, weights))
    means = np.einsum("smn,stn->stm", np.exp(z), paths)
    values = np.einsum("stm,sm->st", np.log(means), weights)
    assert (np.diff(values) >= -1e-13).all()
    for path, r, w, value in zip(paths, rewards, weights, values, strict=True):
        nash = nash_bargaining(r, w)
        inside = nash.support
        divergence = -np.log(path[:, inside]) @ nash.probs[inside]
        fall = nash.welfare - value[:-1]
        assert (-np.diff(divergence) >= fall - 1e-9).all()


# Known answers


def test_the_compromise_takes_over_only_where_it_is_better_for_both():
    gap = 3.0
    edge = -math.log((1 + math.exp(-gap)) / 2)
    for delta, alone in ((edge - 1e-3, True), (edge + 1e-3, False)):
        rewards = [[0.0, -gap, -delta], [-gap, 0.0, -delta]]
        nash = nash_bargaining(rewards, [0.5, 0.5])
        assert (nash.support.tolist() == [2]) == alone


@pytest.mark.parametrize("q", [0.01, 0.3, 0.5, 0.9])
def test_two_leaking_plateaus_are_a_fixed_point_of_their_round(q):
    k1, k2 = 0.1, 0.2
    rewards = np.log([[1.0, k1], [k2, 1.0]])
    a = nash_bargaining(rewards, [q, 1 - q], tolerance=1e-12).probs[0]
    assert abs(two_plateau_round(a, q, math.inf, k1, k2) - a) < 1e-9
    assert (a == 0) == (q <= k1 / (1 - k1 * k2) * (1 - k2))


def test_hard_separation_gives_each_voter_its_weight():
    rewards = [[40.0, 0.0], [0.0, 40.0]]
    nash = nash_bargaining(rewards, [0.3, 0.7])
    np.testing.assert_allclose(nash.probs, [0.3, 0.7], rtol=0, atol=1e-12)
    point = hard_separation_point(0.3, -2.0, 0.0, 0.0, 5.0)
    a = np.linspace(0.0, 1.0, 1001)
    product = (2.0 * a) ** 0.3 * (5.0 * (1 - a)) ** 0.7
    assert a[product.argmax()] == pytest.approx(point.share, rel=0, abs=1e-12)
    assert point.product == pytest.approx(product.max(), rel=1e-12, abs=0)
    assert point.utilities == pytest.approx((-2.0 + 0.6, 3.5))


def test_a_triangle_of_optima_jumps_from_its_center():
    """Computed by hand: three corners at distance rho, first order at rho = 0.96135."""
    corner = 2 * np.pi * np.arange(3) / 3
    angle = np.append(np.tile(corner, 2001), 0.0)
    radius = np.append(np.repeat(np.linspace(0.0, 1.0, 2001), 3), 0.0)
    points = np.stack([radius * np.cos(angle), radius * np.sin(angle)])
    for rho, expected in ((0.9612, 0.0), (0.9615, 0.481)):
        target = rho * np.stack([np.cos(corner), np.sin(corner)])
        rewards = -((points[:, None] - target[:, :, None]) ** 2).sum(axis=0)
        nash = nash_bargaining(rewards, np.full(3, 1 / 3))
        reached = radius[nash.support]
        np.testing.assert_allclose(reached, expected, rtol=0, atol=2e-3)


# Degenerate landscapes


def test_without_a_joint_gain_the_answer_is_the_start():
    start = np.array([0.2, 0.0, 0.8])
    for rewards in (np.full((2, 3), 7.0), np.array([[0.0, 5.0, 0.0]] * 2)):
        nash = nash_bargaining(rewards, [0.5, 0.5], start)
        np.testing.assert_array_equal(nash.probs, start)
        assert (nash.gap, nash.welfare, nash.converged) == (0.0, 0.0, True)
    heated = nash_bargaining([[1.0, 2.0, 3.0]], [1.0], start, temperature=math.inf)
    np.testing.assert_array_equal(heated.probs, start)


def test_one_voter_gets_its_best_supported_outcomes():
    nash = nash_bargaining([[9.0, 3.0, 3.0, 1.0]], [1.0], [0.0, 0.2, 0.6, 0.2])
    np.testing.assert_allclose(nash.probs, [0.0, 0.25, 0.75, 0.0], rtol=1e-15)
    assert nash_bargaining([[5.0], [1.0]], [0.5, 0.5]).probs == [1.0]


def test_a_voter_without_weight_changes_nothing():
    rewards, weights = instance(0, 30, 3)
    loud = np.vstack([rewards, 1e6 * rewards[:1]])
    with_silent = nash_bargaining(loud, np.append(weights, 0.0))
    base = nash_bargaining(rewards, weights)
    np.testing.assert_array_equal(with_silent.probs, base.probs)


def test_rewards_may_span_all_floats():
    huge = 1.7e308 * np.array([[1.0, -1.0, 0.0], [-1.0, 0.0, 1.0]])
    for rewards, temperature in ((huge, 1.0), (huge, 1e-300), (huge / 1e300, 1e-300)):
        nash = nash_bargaining(rewards, [0.4, 0.6], temperature=temperature)
        np.testing.assert_allclose(nash.probs, [0.4, 0.0, 0.6], rtol=1e-12)
        assert nash.converged


def test_many_voters():
    rewards, weights = instance(0, 2000, 60, scale=1.0)
    nash = nash_bargaining(rewards, weights)
    assert nash.converged
    assert 10 < nash.support.size <= 60


def test_atoms_without_mass_change_nothing():
    rewards, weights = instance(0, 30, 3)
    garbage = np.hstack([rewards, np.full((3, 2), 1e300)])
    start = np.append(np.full(30, 1 / 30), [0.0, 0.0])
    out = nash_bargaining(garbage, weights, start)
    base = nash_bargaining(rewards, weights)
    np.testing.assert_array_equal(out.probs, np.append(base.probs, [0.0, 0.0]))


@pytest.mark.parametrize("seed", range(20))
def test_hard_landscapes_converge(seed):
    rng = np.random.default_rng(seed)
    n, m = rng.integers(2, 200), rng.integers(1, 12)
    rewards = np.round(rng.normal(size=(m, n)) * rng.uniform(1, 1000), seed % 4)
    weights = rng.dirichlet(np.full(m, 0.5)) + 1e-6
    nash = nash_bargaining(rewards, weights / weights.sum())
    assert nash.converged
    assert nash.gap <= 1e-9


def test_an_unreachable_tolerance_is_reported():
    nash = nash_bargaining(*parabolas(0, 2000, 4), tolerance=0.0)
    assert not nash.converged
    assert 0.0 < nash.gap < 1e-9


@pytest.mark.slow
@pytest.mark.parametrize(("n", "m", "seconds"), [(10**6, 8, 0.5), (10**5, 20, 0.1)])
def test_a_million_outcomes_take_half_a_second(n, m, seconds):
    rewards, weights = instance(0, n, m)
    taken = []
    for _ in range(10):
        begin = time.perf_counter()
        assert nash_bargaining(rewards, weights).converged
        taken.append(time.perf_counter() - begin)
    assert min(taken[1:]) < seconds


# Host boundary


def test_welfare_is_exact_where_exponentials_vanish():
    value = welfare([[0.0, 1.0], [1.0, 0.0]], [[5000.0, 0.0]], [1.0], temperature=2.0)
    np.testing.assert_array_equal(value, [-2500.0, 0.0])
    gap = kkt_gap([0.0, 1.0], [[5000.0, 0.0]], [1.0])
    assert gap == 5000.0
    assert kkt_gap([0.0, 1.0], [[5000.0, 0.0]], [1.0], initial_probs=[0, 1]) == 0.0


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: nash_bargaining([[0.0, math.nan]], [1.0]), "rewards contains nan"),
        (lambda: nash_bargaining([[0.0]], [0.9]), "voter_weights sums to 0.9"),
        (lambda: nash_bargaining([[]], [1.0]), "probs has shape (0,)"),
        (lambda: nash_bargaining([0.0, 1.0], [1.0]), "rewards has shape (2,)"),
        (lambda: nash_bargaining([[0.0]], [1.0], [0.5]), "probs sums to 0.5"),
        (lambda: nash_bargaining([[0.0]], [1.0], temperature=0), "temperature is 0"),
        (lambda: nash_bargaining([[0.0]], [1.0], tolerance=-1), "tolerance contains"),
        (
            lambda: welfare([0.5, 0.5], [[0.0, 1e300]], [1.0], 1e-9),
            "rewards / temperature, minus its maximum, contains -inf",
        ),
        (lambda: welfare([[0.4, 0.7]], [[0.0, 1.0]], [1.0]), "probs sums to 1.1"),
        (
            lambda: kkt_gap([1.0], [[0.0]], [1.0], initial_probs=[0.5, 0.5]),
            "initial_probs has shape (2,), allowed (1,) as probs",
        ),
        (lambda: welfare_regret_bound([1, 0], [0, 1], 1), "optimum has mass where"),
        (lambda: welfare_regret_bound([1.0], [1.0], -1), "n_rounds is -1"),
        (lambda: hard_separation_point(1.5, 0, 0, 1, 1), "q contains 1.5"),
        (lambda: hard_separation_point(0.5, 1, 0, 1, 1), "best_1 contains 1.0"),
    ],
)
def test_wrong_arguments_are_named_in_one_line(call, message):
    with pytest.raises(ValueError, match=re.escape(message)) as caught:
        call()
    assert "\n" not in str(caught.value)
