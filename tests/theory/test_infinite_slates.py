"""The map at K = inf with exponentials taken once, against the shift that follows."""

import math

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from support import slow

from retrain_sim.theory import core, infinite_slates

ROUNDS = 40


@pytest.fixture(autouse=True, scope="module")
def strict():
    with jax.enable_x64(True), jax.numpy_rank_promotion("raise"):
        yield


def problem(spread, m=3, n=60):
    """Return p_0 with an atom without mass, real data, z up to ``spread`` and weights.

    The real data are where p_0 is, and at one atom without mass.
    """
    rng = np.random.default_rng(0)
    probs, real = rng.dirichlet(np.ones(n)), rng.dirichlet(np.ones(n))
    probs[:2], real[0] = 0, 0
    probs, real = jnp.asarray(probs / probs.sum()), jnp.asarray(real / real.sum())
    rewards = rng.random((m, n))
    rewards[:, 2:] *= spread / np.ptp(rewards[:, 2:], axis=1, keepdims=True)
    rewards[:, 0] = 1e9
    z = core.scaled_rewards(jnp.asarray(rewards), 1.0, (probs > 0) | (real > 0))
    return probs, real, z, jnp.asarray(rng.dirichlet(np.ones(m)))


def round_by_round(probs, real, z, weights, share):
    path, step = [probs], jax.jit(core.round_map)
    for _ in range(ROUNDS):
        mixing = {"real_probs": real, "real_share": share}
        path.append(step(path[-1], z, weights, math.inf, None, **mixing)[0])
    return np.stack(path)


@pytest.mark.parametrize("spread", [1.0, slow(100.0), 299.0, 320.0, slow(5000.0)])
@pytest.mark.parametrize("share", [0.0, 0.2, 1.0])
@pytest.mark.parametrize("m", [1, 3, infinite_slates.UNROLLED + 1])
def test_all_rounds_at_once_equal_round_by_round(spread, share, m):
    probs, real, z, weights = problem(spread, m)
    arguments = probs, z, weights, math.inf, None, ROUNDS
    mixing = {"real_probs": real, "real_share": share}
    path, errors = core.trajectory(*arguments, **mixing)
    expected = round_by_round(probs, real, z, weights, share)
    np.testing.assert_allclose(path, expected, rtol=0, atol=5e-14)
    np.testing.assert_allclose(path.sum(axis=1), 1.0, rtol=0, atol=5e-15)
    assert errors.max() < 5e-15
    last, error = core.final_probs(*arguments, **mixing)
    np.testing.assert_allclose(last, path[-1], rtol=0, atol=1e-15)
    assert error < 5e-15


@pytest.mark.parametrize("spread", [1.0, 299.0, 301.0, 5000.0])
def test_only_narrow_rewards_are_taken_at_once(spread):
    probs, _, z, _ = problem(spread)
    narrow = infinite_slates.is_narrow(z, probs > 0)
    assert bool(narrow) == (np.abs(z[:, 2:]).max() <= infinite_slates.NARROW)
    assert bool(narrow) == (spread < 300)


def test_the_last_round_at_a_finite_slate():
    probs, real, z, weights = problem(20.0)
    nodes = core.quadrature_nodes(np.asarray(z[:, 1:]), 4)
    arguments = probs, z, weights, 4, nodes, 3
    path, errors = core.trajectory(*arguments, real_probs=real, real_share=0.1)
    last, error = core.final_probs(*arguments, real_probs=real, real_share=0.1)
    np.testing.assert_allclose(last, path[-1], rtol=0, atol=1e-15)
    assert error == errors.max()


def test_gradients_through_all_rounds_are_finite_without_mass():
    probs, real, z, weights = problem(5000.0)

    def objective(probs, z, weights):
        mixing = {"real_probs": real, "real_share": 0.1}
        return core.final_probs(probs, z, weights, math.inf, None, 3, **mixing)[0][3]

    for narrower in (z, z / 100):
        mapped = jax.vmap(jax.grad(objective, argnums=(0, 1, 2)))
        for part in mapped(probs[None], narrower[None], weights[None]):
            assert np.isfinite(part).all()
