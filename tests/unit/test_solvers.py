"""Solvers of flows: order of convergence, error control, and an end at all."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from scipy.linalg import expm

from retrain_sim.models.solvers import solve

SPIRAL = np.array([[-0.5, -2.0], [2.0, -0.5]])
"""x' = (1 + t) A x, whose solution at t = 1 is exp(1.5 A) x."""


def spiral(x, t):
    return (1 + t) * (x @ jnp.asarray(SPIRAL.T, x.dtype))


def error(solver, steps, tolerance=1e-3):
    with jax.enable_x64(True):
        start = jax.random.normal(jax.random.key(0), (20, 2))
        exact = np.asarray(start) @ expm(1.5 * SPIRAL).T
        found = jax.jit(lambda x: solve(spiral, x, solver, steps, tolerance))(start)
        return np.abs(np.asarray(found) - exact).max()


@pytest.mark.parametrize(
    ("solver", "order"), [("euler", 1), ("heun", 2), ("midpoint", 2)]
)
def test_twice_the_steps_lower_the_error_by_the_order(solver, order):
    errors = np.array([error(solver, steps) for steps in (100, 200, 400)])
    rates = np.log2(errors[:-1] / errors[1:])
    assert (np.abs(rates - order) < 0.1).all(), rates


def test_the_adaptive_solver_keeps_to_its_tolerance():
    errors = np.array([error("adaptive", 10, tol) for tol in (1e-2, 1e-4, 1e-6)])
    assert (errors < 20 * np.array([1e-2, 1e-4, 1e-6])).all()
    assert (np.diff(errors) < 0).all()


def test_the_adaptive_solver_ends_on_a_field_that_is_no_number():
    found = solve(lambda x, t: x * jnp.nan, jnp.ones((1, 1)), "adaptive", 10, 1e-3)
    assert np.isnan(found).all()
