"""Linear systems: solved, and side by side."""

import jax
import jax.numpy as jnp
import numpy as np
from support import assert_close

from retrain_sim.solving import solve_positive


def system(seed, d=7, k=3):
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(4 * d, d))
    return x.T @ x + np.eye(d), rng.normal(size=(d, k))


def test_it_solves_the_system():
    a, b = system(0)
    with jax.enable_x64(True):
        found = np.asarray(solve_positive(jnp.asarray(a), jnp.asarray(b)))
    np.testing.assert_allclose(a @ found, b, rtol=0, atol=1e-12)


def test_independent_systems_of_one_mapped_program_are_solved():
    """With the library's solver this hangs on two cores."""
    a, b = (jnp.float32(np.stack(m)) for m in zip(*map(system, range(24)), strict=True))

    @jax.jit
    @jax.vmap
    def both(a, b):
        return solve_positive(a, b), solve_positive(2 * a, b)

    one, half = both(a, b)
    assert_close(one, 2 * half, 1e-5)
