"""Flow matching: it learns, its weights count, and its solvers converge in order."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from scipy.linalg import expm
from support import assert_close, assert_mean

from retrain_sim.data import EightGaussians
from retrain_sim.metrics.sliced_wasserstein import wasserstein_1d
from retrain_sim.models import FlowMatching
from retrain_sim.models.training import train

KEY = jax.random.key(0)


def flow(**changes):
    settings = {
        "hidden": (64, 64),
        "initial_steps": 600,
        "steps": 200,
        "batch": 128,
        "solver_steps": 12,
        "dim": 2,
    }
    return FlowMatching(**(settings | changes))


@pytest.fixture(scope="module")
def data():
    loaded = EightGaussians(n=2000).load(np.random.default_rng(0))
    return jnp.asarray(loaded.x), np.asarray(loaded.modes)


@pytest.fixture(scope="module")
def learned(data):
    """Parameters fitted to the eight modes, and samples of them."""
    x, _ = data
    params = jax.jit(flow().init)(KEY, x, jnp.ones(len(x)))
    return params, jax.jit(flow().sample, static_argnums=2)(KEY, params, 2000)


def distance(x, y):
    """Mean distance along a few lines through the origin."""
    angles = jnp.pi * jnp.arange(8) / 8
    lines = jnp.stack([jnp.cos(angles), jnp.sin(angles)])
    ones = jnp.ones(len(x)), jnp.ones(len(y))
    across = jax.vmap(lambda u: wasserstein_1d(x @ u, y @ u, *ones), in_axes=1)
    return float(across(lines).mean())


def test_samples_are_nearer_to_the_data_than_noise_is(data, learned):
    """By a factor of three; two halves of the data would be nearer still."""
    x, _ = data
    noise = jax.random.normal(KEY, x.shape)
    assert distance(learned[1], x) < distance(noise, x) / 3


def test_every_mode_is_found(data, learned):
    _, modes = data
    to_modes = np.linalg.norm(np.asarray(learned[1])[:, None] - modes[None], axis=2)
    counts = np.bincount(to_modes.argmin(axis=1), minlength=8)
    assert counts.min() > 2000 / 8 / 2


def losses(params, x, n=4000):
    """The squared error of the velocity on fresh pairs, one by one."""
    keys = jax.random.split(jax.random.key(7), 3)
    x_1 = x[jax.random.randint(keys[0], (n,), 0, len(x))]
    x_0, t = jax.random.normal(keys[1], (n, 2)), jax.random.uniform(keys[2], (n, 1))
    velocity = flow()._velocity(params, (1 - t) * x_0 + t * x_1, t)
    return np.asarray(((velocity - (x_1 - x_0)) ** 2).sum(axis=1))


def test_training_lowers_the_loss(data, learned):
    """Far more than chance: the same pairs before and after."""
    x, _ = data
    start = jax.jit(flow(initial_steps=1).init)(KEY, x, jnp.ones(len(x)))
    gain = losses(start, x) - losses(learned[0], x)
    assert gain.mean() > 10 * gain.std() / len(gain) ** 0.5


def test_a_retraining_moves_to_where_the_weights_are(data, learned):
    """Only the mode in the east counts; garbage of weight zero is not learned."""
    x, modes = data
    east = np.linalg.norm(np.asarray(x) - modes[:1], axis=1) < 1
    both = jnp.concatenate([x, jnp.full((50, 2), 30.0)])
    weights = jnp.concatenate([jnp.asarray(east, jnp.float32), jnp.zeros(50)])
    params = jax.jit(flow().fit)(KEY, learned[0], both, weights)
    found = jax.jit(flow().sample, static_argnums=2)(KEY, params, 500)
    near = np.linalg.norm(np.asarray(found) - modes[:1], axis=1) < 1.5
    assert near.mean() > 0.8
    assert near.mean() > 3 * east.mean()


def test_a_cold_start_forgets_the_last_model(data, learned):
    x, _ = data
    fit = jax.jit(flow(warm=False, initial_steps=3).fit)
    ones = jnp.ones(len(x))
    other = jax.tree.map(lambda p: p + 1, learned[0])
    assert_close(fit(KEY, learned[0], x, ones), fit(KEY, other, x, ones))


def test_optimal_transport_straightens_the_flow(data):
    """One Euler step lands nearer to the data than after an independent coupling."""
    x, _ = data
    found = {}
    for coupling in ("independent", "optimal-transport"):
        model = flow(coupling=coupling, batch=64, solver="euler", solver_steps=1)
        params = jax.jit(model.init)(KEY, x, jnp.ones(len(x)))
        found[coupling] = distance(model.sample(KEY, params, 2000), x)
    assert found["optimal-transport"] < found["independent"] / 2


def test_samples_are_clipped_to_the_bound(learned):
    bound = np.float32(0.5)
    samples = flow(bound=bound).sample(KEY, learned[0], 300)
    assert float(jnp.abs(samples).max()) == 0.5


SPIRAL = np.array([[-0.5, -2.0], [2.0, -0.5]])
"""x' = A x, whose solution at t = 1 is known."""


@pytest.mark.parametrize(("solver", "order"), [("euler", 1), ("heun", 2)])
def test_the_solver_converges_with_its_order(solver, order, monkeypatch):
    """Twice as many steps, an error 2^order times smaller."""

    def velocity(self, params, x, t):
        return x @ jnp.asarray(SPIRAL.T, x.dtype)

    monkeypatch.setattr(FlowMatching, "_velocity", velocity)
    errors = []
    with jax.enable_x64(True):
        exact = np.asarray(jax.random.normal(KEY, (20, 2))) @ expm(SPIRAL).T
        for steps in (64, 128, 256):
            found = flow(solver=solver, solver_steps=steps).sample(KEY, None, 20)
            errors.append(np.abs(np.asarray(found) - exact).max())
    rates = np.log2(np.array(errors[:-1]) / errors[1:])
    assert (np.abs(rates - order) < 0.1).all(), rates


def test_training_finds_the_mean():
    """Stochastic gradients of a quadratic, whose minimum is known."""
    target = jnp.asarray([1.0, -2.0])

    def loss(key, params):
        return ((params - target - 0.1 * jax.random.normal(key, (2,))) ** 2).sum()

    runs = jax.vmap(lambda key: train(key, jnp.zeros(2), loss, 400, 0.05))
    assert_mean(jax.jit(runs)(jax.random.split(KEY, 200)), np.asarray(target))


def test_weight_decay_pulls_to_zero():
    def loss(key, params):
        return 0.0 * params.sum()

    start = jnp.ones(3)
    kept = train(KEY, start, loss, 50, 0.1)
    pulled = train(KEY, start, loss, 50, 0.1, weight_decay=0.5)
    np.testing.assert_array_equal(kept, start)
    assert 0 < float(pulled.max()) < 0.5
