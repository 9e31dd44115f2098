"""The exact assignment beside SciPy's: random costs, ties, duplicates, and bad ones."""

import jax
import numpy as np
import pytest
from scipy.optimize import linear_sum_assignment
from support import ROUNDING, assert_identical

from retrain_sim.errors import UserError
from retrain_sim.models.assignment import optimal_assignment
from retrain_sim.models.coupling import independent, optimal_transport
from retrain_sim.registry import build

SIZES = (1, 2, 3, 17, 64)
INSTANCES = 60
assign = jax.jit(jax.vmap(optimal_assignment))


def squared_distances(x, y):
    return ((x[:, :, None] - y[:, None]) ** 2).sum(axis=3)


def plane(rng, n):
    x, y = rng.normal(size=(2, INSTANCES, n, 2))
    return squared_distances(x, 1 + 2 * y)


def duplicates(rng, n):
    """Rows and columns that hold a few places each: many optimal assignments."""
    places = rng.normal(size=(INSTANCES, 4, 2))
    which = rng.integers(0, 4, size=(2, INSTANCES, n, 1))
    x, y = (np.take_along_axis(places, index, axis=1) for index in which)
    return squared_distances(x, 3 * y)


COSTS = {
    "in a plane": plane,
    "any assignment is best": lambda rng, n: (
        plane(rng, n)[:, :1] + plane(rng, n)[:, :, :1]
    ),
    "duplicates": duplicates,
    "uniform": lambda rng, n: rng.random((INSTANCES, n, n)),
    "of either sign": lambda rng, n: 1e3 * rng.normal(size=(INSTANCES, n, n)),
    "ties": lambda rng, n: rng.integers(0, 3, (INSTANCES, n, n)),
    "all equal": lambda rng, n: np.full((INSTANCES, n, n), 7.0),
    "zero": lambda rng, n: np.zeros((INSTANCES, n, n)),
    "of many scales": lambda rng, n: np.exp(5 * rng.normal(size=(INSTANCES, n, n))),
}


@pytest.mark.parametrize("n", SIZES)
@pytest.mark.parametrize("kind", COSTS)
def test_the_cost_is_the_least(kind, n):
    """Equal to SciPy's, up to the rounding of the costs that enter."""
    costs = COSTS[kind](np.random.default_rng(n), n).astype(np.float32)
    rows = np.arange(n)
    for cost, columns in zip(costs, np.asarray(assign(costs)), strict=True):
        assert sorted(columns) == rows.tolist()
        best = linear_sum_assignment(cost)[1]
        found, least = (cost[rows, c].astype(float) for c in (columns, best))
        excess = found.sum() - least.sum()
        assert excess <= ROUNDING * max(np.abs(least).sum(), np.abs(cost).max() / n)


def test_mapped_equals_one_by_one():
    costs = plane(np.random.default_rng(0), 30).astype(np.float32)[:5]
    alone = jax.jit(lambda costs: jax.lax.map(optimal_assignment, costs))(costs)
    assert_identical(assign(costs), alone)


@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
@pytest.mark.parametrize("everywhere", [True, False])
def test_costs_that_are_not_finite_end_and_stay_in_range(bad, everywhere):
    cost = plane(np.random.default_rng(0), 9)[:1].astype(np.float32)
    cost[0, 2, slice(None) if everywhere else 3] = bad
    found = np.asarray(assign(cost))
    assert ((found >= 0) & (found < 9)).all()


@pytest.mark.parametrize("d", [1, 2, 8])
def test_noise_is_paired_at_the_least_squared_distance(d):
    key_noise, key_data = jax.random.split(jax.random.key(d))
    noise = jax.random.normal(key_noise, (50, d))
    data = 5 + 3 * jax.random.normal(key_data, (50, d))
    paired = np.asarray(optimal_transport(noise, data))
    cost = squared_distances(np.asarray(data)[None], np.asarray(noise)[None])[0]
    least = cost[linear_sum_assignment(cost)].sum()
    assert ((paired - data) ** 2).sum() == pytest.approx(least, rel=ROUNDING)
    assert_identical(np.sort(paired, axis=0), np.sort(noise, axis=0))


def test_independent_noise_stays_where_it_is():
    noise = jax.random.normal(jax.random.key(0), (5, 2))
    assert independent(noise, noise[::-1]) is noise


def test_an_unknown_coupling_is_refused():
    values = {"kind": "flow-matching", "coupling": "sinkhorn"}
    with pytest.raises(UserError, match="allowed: independent, optimal-transport"):
        build("model", values, "model")
