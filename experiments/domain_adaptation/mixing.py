"""Means and classifiers from two biased sources, at every weight."""

from __future__ import annotations

import math
from typing import NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float, PRNGKeyArray

from retrain_sim.dose.learners import ridge_classifier

CLASSES, FEATURES, SCALE = 5, 20, 0.6
N_SOURCE, N_MADE, N_TEST, L2 = 60, 300, 2000, 1.0
BIAS = 1.5
"""Of either source, per class: length of the shift of its mean."""
COSINES = (1.0, 0.0, -1.0)
"""Between the two biases: aligned, unrelated, opposed."""


class Cell(NamedTuple):
    """One setting of the grid; lengths in standard deviations."""

    source_bias: float
    generator_bias: float
    angle: float
    n_source: int
    n_made: int

    def biases(self, dim: int) -> tuple[np.ndarray, np.ndarray]:
        """Return both biases as vectors."""
        radians = math.radians(self.angle)
        source, generator = np.zeros(dim), np.zeros(dim)
        source[0] = self.source_bias
        generator[:2] = np.array([math.cos(radians), math.sin(radians)])
        return source, self.generator_bias * generator


def weigh(
    grid: tuple[Cell, ...], dim: int, n: int
) -> tuple[Float[np.ndarray, " c"], Float[np.ndarray, " c"]]:
    """Estimate the best weight on the synthetic mean from n pairs of sample means.

    The squared error of (1 - w) a + w b is least at w = E[a.(a - b)] / E[|a - b|^2]
    where the truth is the origin.

    Args:
        grid: the settings.
        dim: d.
        n: pairs per setting.

    Returns:
        Weights, and their standard errors by the delta method.
    """
    rng, found = np.random.default_rng(0), []
    for cell in grid:
        source, generator = cell.biases(dim)
        a = source + rng.normal(size=(n, dim)) / math.sqrt(cell.n_source)
        b = generator + rng.normal(size=(n, dim)) / math.sqrt(cell.n_made)
        above, below = (a * (a - b)).sum(axis=1), ((a - b) ** 2).sum(axis=1)
        w = above.mean() / below.mean()
        error = (above - w * below).std(ddof=1) / math.sqrt(n) / below.mean()
        found.append((w, error))
    weights, errors = np.array(found).T
    return weights, errors


def errors_of(key: PRNGKeyArray, shares: Float[Array, " w"]) -> Float[Array, "c w"]:
    """Train at every share of synthetic weight, for every angle of the biases."""
    keys = jax.random.split(key, 5)
    means = SCALE * jax.random.normal(keys[0], (CLASSES, FEATURES))
    units = jax.random.normal(keys[1], (2, CLASSES, FEATURES))
    units = units / jnp.linalg.norm(units, axis=2, keepdims=True)

    def rows(key, n, shift):
        y = jnp.arange(n) % CLASSES
        return (means + shift)[y] + jax.random.normal(key, (n, FEATURES)), y

    def one(cosine):
        other = jnp.where(cosine == 0.0, units[1], cosine * units[0])
        x_source, y_source = rows(keys[2], N_SOURCE, BIAS * units[0])
        x_made, y_made = rows(keys[3], N_MADE, BIAS * other)
        x_test, y_test = rows(keys[4], N_TEST, 0.0)
        x, y = jnp.concatenate([x_source, x_made]), jnp.append(y_source, y_made)

        def error(share):
            total = N_SOURCE + N_MADE
            weights = jnp.append(
                jnp.full(N_SOURCE, (1 - share) * total / N_SOURCE),
                jnp.full(N_MADE, share * total / N_MADE),
            )
            learner = ridge_classifier(x, y, weights, L2, CLASSES)
            return (learner.classify(x_test) != y_test).mean()

        return jax.lax.map(error, shares)

    return jax.lax.map(one, jnp.array(COSINES))


def classify(
    shares: Float[np.ndarray, " w"], n_seeds: int
) -> Float[np.ndarray, "s c w"]:
    """Run all seeds in one compiled program."""
    keys = jax.random.split(jax.random.key(0), n_seeds)
    run = jax.jit(jax.vmap(errors_of, (0, None)))
    return np.asarray(run(keys, jnp.asarray(shares, jnp.float32)), np.float64)
