"""Two wrong simulators: one is off by a wave, one correlates two causes wrongly."""

from __future__ import annotations

import math

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float, PRNGKeyArray

from retrain_sim.dose.learners import ridge
from retrain_sim.least_squares import least_squares

SIZES = np.array([0, 5, 10, 20, 40, 80, 160])
"""Real points that correct a simulator."""
NOISE, L2, BIAS, DRAWS = 0.2, 0.05, 0.5, 16
FREQUENCIES = jnp.arange(1, 21)
DECAY = 2.0
"""r: the kernel's eigenvalues are mu_j = j^(-2r), two waves each, of frequency j."""
BIASES = (1, 2, 4, 8)
"""Frequencies of the bias: from within the learner's reach to beyond it."""
CORRELATION, N_SIM, REAL_WEIGHT = 0.6, 600, 20.0
"""Of two causes in reality; in the simulator it is the opposite."""


def generator_gap(frequency: int) -> float:
    """Return D(f*, g) of a bias: D^2 = sum_j (theta_j - omega_j)^2 / mu_j^2.

    A wave of size a and frequency j has coefficients of total square a^2/2 in the two
    eigenfunctions of mu_j.

    Example:
        >>> round(generator_gap(1), 4), round(generator_gap(2) / generator_gap(1))
        (0.3536, 16)
    """
    return BIAS / math.sqrt(2) * frequency ** (2 * DECAY)


def truth(x: Float[Array, " n"]) -> Float[Array, " n"]:
    """Return the real response."""
    return jnp.sin(2 * jnp.pi * x) + 0.5 * jnp.cos(4 * jnp.pi * x)


def features(x: Float[Array, " n"]) -> Float[Array, "n f"]:
    """Map to the kernel's eigenfunctions on [0, 1], times the roots of their values."""
    angles = 2 * jnp.pi * x[:, None] * FREQUENCIES[None]
    roots = jnp.sqrt(2.0) * FREQUENCIES[None] ** -DECAY
    return jnp.concatenate([roots * jnp.cos(angles), roots * jnp.sin(angles)], axis=1)


def biased_wave(key: PRNGKeyArray) -> dict[str, Array]:
    """Start from a simulator that is off by a wave; correct it with n real points.

    A seed is the mean of several draws of them: of few, the risk has a long tail.
    """
    drawn = jax.vmap(_corrected)(jax.random.split(key, DRAWS))
    return {name: risks.mean(axis=0) for name, risks in drawn.items()}


def _corrected(key: PRNGKeyArray) -> dict[str, Array]:
    key_x, key_noise, key_phase = jax.random.split(key, 3)
    most = int(SIZES[-1])
    x = jax.random.uniform(key_x, (most,))
    noise = NOISE * jax.random.normal(key_noise, (most,))
    grid = (jnp.arange(400) + 0.5) / 400
    phase = jax.random.uniform(key_phase)

    def risk(frequency, n):
        def simulator(x):
            return truth(x) + BIAS * jnp.sin(2 * jnp.pi * (frequency * x + phase))

        weights = (jnp.arange(most) < n).astype(jnp.float32)
        residual = truth(x) + noise - simulator(x)
        learner = ridge(features(x), residual[:, None], weights, L2)
        said = simulator(grid) + learner(features(grid))[:, 0]
        return ((said - truth(grid)) ** 2).mean()

    over_sizes = jax.vmap(risk, (None, 0))
    sizes = jnp.asarray(SIZES)
    return {f"risk/{j}": over_sizes(jnp.float32(j), sizes) for j in BIASES}


def wrong_correlation(key: PRNGKeyArray) -> dict[str, Array]:
    """Learn an effect where two causes go together in the wrong way.

    The response is the sum of both. A learner that sees one cause attributes the other
    to it, 1 + rho in reality; one that sees both is right in either world.
    """
    keys = jax.random.split(key, 2)
    most = int(SIZES[-1])
    simulated = causes(keys[0], N_SIM, -CORRELATION)
    rows = jnp.concatenate([simulated, causes(keys[1], most, CORRELATION)])

    def excess(n):
        real = REAL_WEIGHT * (jnp.arange(most) < n)
        weights = jnp.concatenate([jnp.ones(N_SIM), real])
        one = least_squares(rows[:, jnp.array([0, 2])], weights)[0]
        off = least_squares(rows, weights) - 1.0
        seen = off @ off + 2 * CORRELATION * off[0] * off[1]
        return (one - (1 + CORRELATION)) ** 2, seen

    one, both = jax.vmap(excess)(jnp.asarray(SIZES))
    return {"causes/one": one, "causes/both": both}


def causes(key: PRNGKeyArray, n: int, correlation: float) -> Float[Array, "n 3"]:
    """Draw two causes of variance 1, and the response."""
    z = jax.random.normal(key, (3, n))
    other = correlation * z[0] + math.sqrt(1 - correlation**2) * z[1]
    return jnp.stack([z[0], other, z[0] + other + NOISE * z[2]], axis=1)


def hidden_cause_risk() -> float:
    """Predict the excess risk of a learner that sees one cause, in the simulator only.

        (2 rho)^2 + (1 - rho^2 + sigma^2) / (n - 2)

    Its slope tends to 1 - rho, not 1 + rho; the rest is what n points leave open.

    Example:
        >>> round(hidden_cause_risk(), 3)
        1.441
    """
    left = 1 - CORRELATION**2 + NOISE**2
    return (2 * CORRELATION) ** 2 + left / (N_SIM - 2)
