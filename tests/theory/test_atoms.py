"""The population maps against enumeration, closed forms and their own invariants."""

import itertools
import math
import re

import hypothesis
import hypothesis.extra.numpy as hnp
import hypothesis.strategies as st
import jax
import jax.numpy as jnp
import numpy as np
import pytest

from retrain_sim.theory import (
    atoms,
    core,
    curation_multiplier,
    effective_sample_size,
    hard_separation_mass,
    population_round,
    population_trajectory,
    softmax_trajectory,
    two_plateau_round,
)

TOLERANCE = 5e-14  # the accuracy that the package states for the maps
CONDORCET = np.array([[2.0, 1.0, 0.0], [0.0, 2.0, 1.0], [1.0, 0.0, 2.0]])
HARD = np.array([[60.0, 0.0], [0.0, 60.0]])  # leakage exp(-60) is below rounding


@pytest.fixture(autouse=True, scope="module")
def strict():
    with jax.enable_x64(True), jax.numpy_rank_promotion("raise"):
        yield


def instance(seed=0, n=5, m=3, scale=2.0):
    rng = np.random.default_rng(seed)
    probs, weights = rng.dirichlet(np.ones(n)), rng.dirichlet(np.ones(m))
    return probs, scale * rng.normal(size=(m, n)), weights


def enumerated_round(probs, rewards, weights, slate_size):
    """Sum over every slate, in the words of the definition."""
    utility, out = np.exp(rewards), np.zeros_like(probs)
    for slate in map(list, itertools.product(range(probs.size), repeat=slate_size)):
        chosen = utility[:, slate] / utility[:, slate].sum(axis=1, keepdims=True)
        np.add.at(out, slate, probs[slate].prod() * (weights @ chosen))
    return out


# One round against independent formulas


@pytest.mark.parametrize("slate_size", [1, 2, 3, 4, 5])
def test_finite_slates_equal_the_sum_over_all_slates(slate_size):
    probs, rewards, weights = instance()
    out = population_round(probs, rewards, weights, slate_size)
    expected = enumerated_round(probs, rewards, weights, slate_size)
    np.testing.assert_allclose(out, expected, rtol=0, atol=TOLERANCE)


def test_slates_of_one_are_no_curation():
    probs, rewards, weights = instance(n=200, scale=30.0)
    out = population_round(probs, rewards, weights, 1)
    np.testing.assert_allclose(out, probs, rtol=0, atol=TOLERANCE)


def test_infinite_temperature_is_no_curation():
    probs, rewards, weights = instance()
    for slate_size in (2, math.inf):
        path = population_trajectory(
            probs, rewards, weights, slate_size, 5, temperature=math.inf
        )
        np.testing.assert_allclose(path, np.tile(probs, (6, 1)), rtol=0, atol=TOLERANCE)


def test_slates_of_two_are_pairwise_comparisons():
    probs, rewards, weights = instance(n=50)
    gap = rewards[:, :, None] - rewards[:, None, :]
    expected = 2.0 * weights @ ((1.0 / (1.0 + np.exp(-gap))) @ probs)
    out = curation_multiplier(probs, rewards, weights, 2)
    np.testing.assert_allclose(out, expected, rtol=0, atol=TOLERANCE)


@pytest.mark.parametrize("slate_size", [2, 3, 8, 50, math.inf])
@pytest.mark.parametrize("gaps", [(1.0, 3.0), (60.0, 0.5), (400.0, 400.0)])
def test_two_types_equal_the_binomial_sum(slate_size, gaps):
    rewards = [[gaps[0], gaps[0], 0.0], [0.0, 0.0, gaps[1]]]
    out = population_round([0.1, 0.25, 0.65], rewards, [0.3, 0.7], slate_size)
    leakage = np.exp(-np.array(gaps))
    expected = two_plateau_round(0.35, 0.3, slate_size, *leakage)
    assert abs(out[:2].sum() - expected) < TOLERANCE
    assert abs(out[1] / out[0] - 2.5) < 20 * TOLERANCE


@pytest.mark.parametrize("slate_size", [2, 8, 1000, 100_000])
@pytest.mark.parametrize("spread", [1.0, 100.0, 1000.0])
def test_mass_is_kept_at_any_slate_size_and_spread(slate_size, spread):
    probs, rewards, weights = instance(n=40)
    rewards = spread * (rewards - rewards.min()) / np.ptp(rewards)
    growth = curation_multiplier(probs, rewards, weights, slate_size)
    assert np.isfinite(growth).all()
    assert (growth >= 0).all()
    assert abs(probs @ growth - 1.0) < 1e-12


@pytest.mark.parametrize("gap", [1e3, 1e6, 1e11])
def test_distant_plateaus_cost_no_accuracy(gap):
    rewards = gap * np.array([[2.0, 1.0, 0.0]])
    out = population_round([0.2, 0.3, 0.5], rewards, [1.0], 4)
    lost = np.array([1.0, 0.8, 0.5, 0.0]) ** 4  # slates without the better types
    np.testing.assert_allclose(out, -np.diff(lost), rtol=0, atol=TOLERANCE)


def test_minorities_keep_relative_accuracy():
    probs, gap = np.array([1e-20, 1.0]), 50.0
    growth = curation_multiplier(probs, [[0.0, gap]], [1.0], 2)
    expected = 2.0 * (0.5e-20 + 1.0 / (1.0 + math.exp(gap)))
    assert growth[0] == pytest.approx(expected, rel=1e-12, abs=0)


def test_large_slates_approach_the_limit_like_one_over_k():
    probs, rewards, weights = instance()
    limit = curation_multiplier(probs, rewards, weights, math.inf)
    sizes = (1000, 2000, 4000)
    errors = [curation_multiplier(probs, rewards, weights, k) - limit for k in sizes]
    # K error = c + d/K + ..., so the first differences of K error halve again.
    first, second, third = (k * e for k, e in zip(sizes, errors, strict=True))
    np.testing.assert_allclose((first - second) / (second - third), 2.0, rtol=0.01)


def test_values_without_mass_are_growth_when_rare():
    k, q, k1, k2 = 5, 0.3, math.exp(-2.0), math.exp(-3.0)
    growth = curation_multiplier(
        [0.0, 1.0, 0.0], [[2.0, 0.0, 1e300], [0.0, 3.0, 1e300]], [q, 1 - q], k
    )
    expected = k * (q / (1 + (k - 1) * k1) + (1 - q) * k2 / (k2 + k - 1))
    np.testing.assert_allclose(growth, [expected, 1.0, k], rtol=0, atol=TOLERANCE)


# Trajectories against closed forms


def test_one_reward_with_infinite_slates_is_a_softmax():
    probs, rewards, _ = instance(m=1)
    path = population_trajectory(probs, rewards, [1.0], math.inf, 30, temperature=0.7)
    expected = softmax_trajectory(probs, rewards[0] / 0.7, 30)
    np.testing.assert_allclose(path, expected, rtol=1e-12, atol=0)


@pytest.mark.parametrize("slate_size", [2, 3, 7])
def test_a_large_gap_is_hard_separation(slate_size):
    path = population_trajectory([0.01, 0.99], [[60.0, 0.0]], [1.0], slate_size, 6)
    expected = hard_separation_mass(0.01, slate_size, 6)
    np.testing.assert_allclose(path[:, 0], expected, rtol=0, atol=50 * TOLERANCE)


@pytest.mark.parametrize("q", [0.4, 0.5, 0.6])
def test_slates_of_three_settle_at_three_q_minus_one(q):
    path = population_trajectory([0.5, 0.5], HARD, [q, 1 - q], 3, 300)
    assert abs(path[-1, 0] - (3 * q - 1)) < 1e-12


@pytest.mark.parametrize("q", [0.2, 0.8])
def test_slates_of_three_lose_a_minority_below_a_third(q):
    path = population_trajectory([0.5, 0.5], HARD, [q, 1 - q], 3, 300)
    assert abs(path[-1, 0] - round(q)) < 1e-12


def test_cycle_of_majorities_spirals_outward_at_two_and_inward_at_three():
    start, weights = [0.36, 0.33, 0.31], np.full(3, 1 / 3)
    out = population_trajectory(start, CONDORCET, weights, 2, 400, temperature=0.2)
    into = population_trajectory(start, CONDORCET, weights, 3, 400)
    # sum log p has its maximum at the center, and falls at every round of a cycle.
    assert (np.diff(np.log(out).sum(axis=1)) < 0).all()
    assert out[-1].min() < 0.01
    np.testing.assert_allclose(into[-1], weights, rtol=0, atol=1e-9)


def test_full_real_share_returns_the_real_data():
    probs, rewards, weights = instance()
    real = instance(1)[0]
    path = population_trajectory(
        probs, rewards, weights, 4, 3, real_probs=real, real_share=1.0
    )
    np.testing.assert_array_equal(path[1:], np.tile(real / real.sum(), (3, 1)))


@pytest.mark.parametrize("a_0", [0.04, 0.25])
def test_equal_real_share_settles_at_the_square_root(a_0):
    start = [a_0, 1 - a_0]
    path = population_trajectory(
        start, HARD[:1], [1.0], 2, 200, real_probs=start, real_share=0.5
    )
    assert abs(path[-1, 0] - math.sqrt(a_0)) < 1e-13


@pytest.mark.parametrize("slate_size", [8, math.inf])
def test_the_favorite_of_a_silent_voter_may_vanish(slate_size):
    rewards = [[1e3, 0.0, 0.0], [0.0, 2e3, 0.0]]
    path = population_trajectory([0.4, 0.3, 0.3], rewards, [1.0, 0.0], slate_size, 12)
    np.testing.assert_allclose(path[-1], [1.0, 0.0, 0.0], rtol=0, atol=TOLERANCE)


def test_real_data_can_restore_lost_outcomes():
    rewards = [[2e4, 1e4, 1.0, 0.0]]
    for slate_size in (3, math.inf):
        path = population_trajectory(
            [0.0, 0.0, 0.5, 0.5],
            rewards,
            [1.0],
            slate_size,
            40,
            real_probs=[0.2, 0.3, 0.3, 0.2],
            real_share=0.5,
        )
        np.testing.assert_allclose(path[1, :2], [0.1, 0.15], rtol=1e-15)
        a = path[:, 0]
        won = 1 - (1 - a[:-1]) ** slate_size
        np.testing.assert_allclose(a[1:], 0.1 + 0.5 * won, rtol=0, atol=TOLERANCE)


# Properties

few = hypothesis.settings(deadline=None, max_examples=15, derandomize=True)
rewards_3x5 = hnp.arrays(float, (3, 5), elements=st.floats(-8, 8, width=32))
masses = st.lists(st.floats(0.01, 1.0), min_size=5, max_size=5)
shares = masses.map(lambda values: np.array(values) / np.sum(values))
votes = masses.map(lambda values: np.array(values[:3]) / np.sum(values[:3]))
sizes = st.sampled_from([1, 2, 3, 10, 1000, math.inf])


@few
@hypothesis.given(shares, rewards_3x5, votes, sizes, st.floats(-1e3, 1e3))
def test_constants_order_and_duplicates_of_rewards_do_not_matter(p, r, w, k, constant):
    base = population_round(p, r, w, k)
    shifted = r + np.array([[constant], [0.0], [-constant]])
    permutation = [2, 0, 1]
    split = np.array([w[0], w[1] / 4, 3 * w[1] / 4, w[2]])
    variants = {
        "constant": population_round(p, shifted, w, k),
        "order": population_round(p, r[permutation], w[permutation], k),
        "duplicate": population_round(p, r[[0, 1, 1, 2]], split, k),
    }
    rounding = {"constant": 1e-12}  # r + constant is itself rounded
    for name, out in variants.items():
        atol = rounding.get(name, TOLERANCE)
        np.testing.assert_allclose(out, base, rtol=0, atol=atol, err_msg=name)


@few
@hypothesis.given(
    shares,
    rewards_3x5,
    votes,
    sizes,
    hnp.arrays(float, (3, 2), elements=st.floats(-1e300, 1e300)),
)
def test_atoms_without_mass_stay_at_zero_and_do_not_matter(p, r, w, k, garbage):
    padded = np.concatenate([p, [0.0, 0.0]])
    path = population_trajectory(padded, np.hstack([r, garbage]), w, k, 3)
    expected = population_trajectory(p, r, w, k, 3)
    assert (path[:, 5:] == 0).all()
    np.testing.assert_allclose(path[:, :5], expected, rtol=0, atol=2 * TOLERANCE)


def test_atoms_without_mass_may_be_better_without_bound():
    path = population_trajectory(
        [1e-8, 1 - 1e-8, 0.0], [[900.0, 0.0, 1e300]], [1.0], math.inf, 2
    )
    np.testing.assert_array_equal(path[1:], [[1.0, 0.0, 0.0]] * 2)


@few
@hypothesis.given(shares, rewards_3x5, votes)
def test_nash_welfare_never_falls_with_infinite_slates(p, r, w):
    path = population_trajectory(p, r, w, math.inf, 20)
    welfare = w @ np.log(np.exp(r) @ path.T)
    assert (np.diff(welfare) >= -1e-13).all()


@few
@hypothesis.given(shares, rewards_3x5, sizes)
def test_one_reward_rises_by_its_variance(p, r, k):
    """Ferbach et al. (2024): E'[u] >= E[u] + ((K - 1)/K) Var[u] / max u."""
    utility = np.exp(r[0] - r[0].max())
    path = population_trajectory(p, r[:1], [1.0], k, 5)
    mean = path @ utility
    variance = path @ utility**2 - mean**2
    gain = (1.0 - 1.0 / k) * variance[:-1]
    assert (np.diff(mean) >= gain - 1e-13).all()


# Numerics and compilation


def prepared(slate_size=4, temperature=1.0):
    probs, rewards, weights = map(jnp.asarray, instance())
    z = core.scaled_rewards(rewards, temperature, probs > 0)
    nodes = core.quadrature_nodes(np.asarray(z), slate_size)
    return probs, z, weights, nodes


def test_a_short_grid_is_caught(monkeypatch):
    full = core.quadrature_nodes
    monkeypatch.setattr(
        core, "quadrature_nodes", lambda z, k: (v := full(z, k))[v < -z.min() - 10.0]
    )
    start = [0.5, 1e-3, 0.499]
    with pytest.raises(FloatingPointError, match="round 1 changed the total mass"):
        population_trajectory(start, [[0.0, -40.0, 0.0]], [1.0], 1, 2)
    with pytest.raises(FloatingPointError, match="round 1 changed the total mass"):
        curation_multiplier(start, [[0.0, -40.0, 0.0]], [1.0], 1)


def test_nodes_skip_gaps_and_come_in_blocks():
    plateaus = core.quadrature_nodes(np.array([[0.0, -1e6]]), 8)
    dense = core.quadrature_nodes(np.linspace(-1000.0, 0.0, 5000), 8)
    assert plateaus.size == 448
    assert dense.size % 64 == 0
    assert dense.min() <= -40.0 - math.log(8)
    assert dense.max() >= 1005.0
    assert (np.diff(dense) == core.STEP).all()
    assert core.quadrature_nodes(np.zeros((1, 2)), math.inf) is None


@pytest.mark.parametrize("slate_size", [4, math.inf])
def test_compiled_equals_eager(slate_size):
    probs, z, weights, nodes = prepared(slate_size)
    coarse = None if nodes is None else nodes[::8]  # eager steps are slow
    arguments = probs, z, weights, slate_size, coarse
    with jax.disable_jit():
        eager = core.round_map(*arguments)[0]
    compiled = jax.jit(core.round_map)(*arguments)[0]
    np.testing.assert_allclose(compiled, eager, rtol=0, atol=TOLERANCE)


@pytest.mark.parametrize("slate_size", [4, math.inf])
def test_mapped_equals_loop(slate_size):
    rewards = jnp.asarray(instance()[1])
    batch = jnp.stack([instance(seed)[0] for seed in range(4)])
    votes = jnp.stack([instance(seed)[2] for seed in range(4)])
    units, mixed = jnp.array([0.5, 1, 2, math.inf]), jnp.array([0, 0.1, 0.5, 1])
    z = jax.vmap(core.scaled_rewards, (None, 0, None))(rewards, units, batch[0] > 0)
    nodes = core.quadrature_nodes(np.asarray(z), slate_size)

    def run(probs, z, weights, share):
        return core.trajectory(
            probs,
            z,
            weights,
            slate_size,
            nodes,
            3,
            real_probs=batch[0],
            real_share=share,
        )[0]

    out = jax.jit(jax.vmap(run))(batch, z, votes, mixed)
    for row, p, w, unit, share in zip(out, batch, votes, units, mixed, strict=True):
        expected = population_trajectory(
            p,
            rewards,
            w,
            slate_size,
            3,
            temperature=float(unit),
            real_probs=batch[0],
            real_share=float(share),
        )
        np.testing.assert_allclose(row, expected, rtol=0, atol=2 * TOLERANCE)


def test_floats_sweep_without_recompiling():
    probs, rewards, _ = instance(n=11)

    def run(slate_size, temperature, q, share):
        population_trajectory(
            probs,
            rewards,
            [q, 0.5 - q, 0.5],
            slate_size,
            2,
            temperature=temperature,
            real_probs=probs,
            real_share=share,
        )

    run(2, 1.0, 0.1, 0.0)
    before = atoms._trajectory._cache_size()
    for slate_size, temperature, q, share in [(3, 1.1, 0.2, 0.3), (40, 2, 0.5, 1)]:
        run(slate_size, temperature, q, share)
    population_trajectory(probs, rewards, [0.1, 0.4, 0.5], 7, 2)
    assert atoms._trajectory._cache_size() == before


@pytest.mark.parametrize("slate_size", [4.0, math.inf])
def test_gradients_equal_central_differences(slate_size):
    probs, rewards, weights = map(jnp.asarray, instance())
    _, _, _, nodes = prepared(slate_size)

    def objective(probs, rewards, weights, temperature):
        z = core.scaled_rewards(rewards, temperature, probs > 0)
        path, _ = core.trajectory(probs, z, weights, slate_size, nodes, 2)
        return path[-1] @ jnp.arange(5.0) ** 2

    point = probs, rewards, weights, jnp.asarray(1.0)
    gradient = jax.jit(jax.grad(objective, argnums=(0, 1, 2, 3)))(*point)
    value, h, rng = jax.jit(objective), 1e-6, np.random.default_rng(0)
    for i, part in enumerate(point):
        way = rng.normal(size=part.shape)
        ahead, behind = (
            value(*point[:i], part + s * h * way, *point[i + 1 :]) for s in (1, -1)
        )
        slope = (gradient[i] * way).sum()
        # Central differences: h^2 from the Taylor rest, 1e-14 / h from rounding.
        assert abs((ahead - behind) / (2 * h) - slope) < 1e-7


def test_gradients_are_finite_at_zero_mass_and_wide_rewards():
    probs = jnp.array([0.0, 0.5, 0.5])
    rewards = jnp.array([[900.0, 0.0, -900.0], [1e9, -900.0, 0.0]])
    for slate_size in (3.0, math.inf):
        z = np.asarray(core.scaled_rewards(rewards, 1.0, probs > 0))
        nodes = core.quadrature_nodes(z, slate_size)

        def objective(probs, rewards, k=slate_size, nodes=nodes):
            z = core.scaled_rewards(rewards, 1.0, probs > 0)
            return core.round_map(probs, z, jnp.full(2, 0.5), k, nodes)[0][1]

        for part in jax.grad(objective, argnums=(0, 1))(probs, rewards):
            assert np.isfinite(part).all()


def test_single_precision_is_refused_inside_and_supplied_outside():
    with jax.enable_x64(False):
        out = population_round([0.25, 0.75], [[1.0, 0.0]], [1.0], 2)
        assert out.dtype == np.float64
        assert out.flags.writeable
        with pytest.raises(TypeError, match="enable_x64"):
            core.multiplier(jnp.ones(1), jnp.zeros((1, 1)), jnp.ones(1), 2, jnp.ones(1))
    half = 1 / (1 + math.exp(-1.0))
    assert abs(out[0] - (0.25**2 + 2 * 0.25 * 0.75 * half)) < TOLERANCE


@pytest.mark.parametrize("slate_size", [1, 2, 8])
def test_rounding_does_not_accumulate_in_the_mass(slate_size):
    probs, rewards, weights = instance(n=300)
    path = population_trajectory(probs, rewards, weights, slate_size, 200)
    np.testing.assert_allclose(path.sum(axis=1), 1.0, rtol=0, atol=1e-15)


def test_no_rounds_return_the_start():
    probs, rewards, weights = instance()
    path = population_trajectory(probs, rewards, weights, 3, 0)
    np.testing.assert_allclose(path, probs[None], rtol=1e-15)


# Host boundary


def test_effective_sample_size_of_equal_and_unequal_weights():
    assert effective_sample_size(np.full(7, 1e-300)) == pytest.approx(
        7, rel=1e-14, abs=0
    )
    assert effective_sample_size([3, 1, 0]) == pytest.approx(1.6, rel=1e-14, abs=0)
    sizes = effective_sample_size([[1.0, 0.0], [0.5, 0.5]])
    np.testing.assert_array_equal(sizes, [1.0, 2.0])
    for wrong in ([0.0, 0.0], [], [[1.0, 0.0], [0.0, 0.0]]):
        with pytest.raises(ValueError, match="row without mass"):
            effective_sample_size(wrong)


GOOD = {
    "probs": [0.5, 0.5],
    "rewards": [[1.0, 0.0]],
    "voter_weights": [1.0],
    "slate_size": 2,
    "n_rounds": 1,
}


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"probs": [0.5, 0.6]}, "probs sums to 1.1, allowed 1 within 1e-6"),
        ({"probs": [-0.5, 1.5]}, "probs contains -0.5, allowed finite in [0.0, inf]"),
        ({"probs": [math.nan, 1.0]}, "probs contains nan"),
        ({"probs": [[0.5, 0.5]]}, "probs has shape (1, 2), allowed [n] with n >= 1"),
        ({"probs": []}, "probs has shape (0,)"),
        ({"rewards": [1.0, 0.0]}, "rewards has shape (2,), allowed (1, 2)"),
        ({"rewards": [[1.0, -math.inf]]}, "rewards contains -inf"),
        ({"voter_weights": [0.5, 0.5]}, "rewards has shape (1, 2), allowed (2, 2)"),
        ({"voter_weights": [0.9]}, "voter_weights sums to 0.9"),
        ({"slate_size": 0}, "slate_size is 0, allowed integers >= 1 or math.inf"),
        ({"slate_size": 2.5}, "slate_size is 2.5"),
        ({"slate_size": math.nan}, "slate_size is nan"),
        ({"slate_size": "8"}, "slate_size is '8', allowed integers >= 1 or math.inf"),
        ({"slate_size": None}, "slate_size is None"),
        ({"temperature": 0.0}, "temperature is 0.0, allowed > 0 or math.inf"),
        ({"temperature": math.nan}, "temperature is nan"),
        ({"temperature": 1e-14}, "rewards / temperature spread over 100000000000000.0"),
        ({"n_rounds": -1}, "n_rounds is -1, allowed integers >= 0"),
        ({"real_share": 0.5}, "real_share is 0.5, allowed 0 without real_probs"),
        ({"real_share": 1.5}, "real_share contains 1.5, allowed finite in [0.0, 1.0]"),
        ({"real_probs": [0.9]}, "real_probs sums to 0.9"),
        ({"real_probs": [1.0]}, "real_probs has shape (1,), allowed (2,) as probs"),
    ],
)
def test_wrong_arguments_are_named_in_one_line(change, message):
    with pytest.raises(ValueError, match=re.escape(message)) as caught:
        population_trajectory(**GOOD | change)
    assert "\n" not in str(caught.value)


def test_rewards_too_wide_for_a_grid_are_refused():
    with pytest.raises(ValueError, match="cover 40001 units, allowed <= 32768"):
        core.quadrature_nodes(-np.arange(40001.0), 2)
