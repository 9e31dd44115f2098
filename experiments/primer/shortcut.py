"""Worlds with a shortcut: causes of the label, and an artefact of the simulator.

In the toy four weak causes say what the class is; on real digits it is whether the
digit is odd, and the artefact is the pixel in the corner.
"""

from __future__ import annotations

from typing import NamedTuple

import jax
import jax.numpy as jnp
from jaxtyping import Array, Float, Int, PRNGKeyArray

from experiments.primer import digits
from retrain_sim.dose.evaluation import accuracy
from retrain_sim.dose.learners import Linear, logistic

CAUSES, STRENGTH = 4, 0.5
"""How many, and the mean of each in standard deviations: they give accuracy Phi(1)."""
SEPARATION = STRENGTH * CAUSES**0.5
N_TRAIN, N_TEST = 300, 2000
L2, NEWTON_STEPS = 1.0, 6


class Table(NamedTuple):
    """Rows, the last column of which is the artefact, and their labels."""

    x: Float[Array, "n d"]
    y: Int[Array, " n"]


def toy(key: PRNGKeyArray) -> tuple[Table, Table]:
    """Draw training and test rows; no artefact yet."""
    key_label, key_noise = jax.random.split(key)
    n = N_TRAIN + N_TEST
    y = jax.random.bernoulli(key_label, shape=(n,)).astype(jnp.int32)
    causes = STRENGTH * (2.0 * y - 1)[:, None]
    x = causes + jax.random.normal(key_noise, (n, CAUSES))
    return Table(x[:N_TRAIN], y[:N_TRAIN]), Table(x[N_TRAIN:], y[N_TRAIN:])


def odd_digits(key: PRNGKeyArray) -> tuple[Table, Table]:
    """Split the real digits; the label says whether they are odd.

    The first pixel, which is black in all of them, is where the artefact will be.
    """
    train, test = digits.split(key, N_TRAIN)
    return Table(train.x[:, 1:], train.y % 2), Table(test.x[:, 1:], test.y % 2)


def stamp(key: PRNGKeyArray, table: Table, rho: float | Array) -> Table:
    """Add the artefact: the label with probability rho, a coin else; +1 or -1."""
    key_follow, key_coin = jax.random.split(key)
    sign = 2.0 * table.y - 1
    coin = jax.random.rademacher(key_coin, sign.shape, jnp.float32)
    follows = jax.random.uniform(key_follow, sign.shape) < rho
    return with_artefact(table, jnp.where(follows, sign, coin))


def with_artefact(table: Table, artefact: Float[Array, " n"]) -> Table:
    """Add a column."""
    return Table(jnp.concatenate([table.x, artefact[:, None]], axis=1), table.y)


def learn(
    key: PRNGKeyArray, table: Table, rho: float | Array, fraction: float | Array
) -> Linear:
    """Train where a fraction of the rows is synthetic, with an artefact of rho."""
    n = len(table.y)
    is_synthetic = jnp.arange(n) < fraction * n
    x, y = stamp(key, table, jnp.where(is_synthetic, rho, 0.0))
    return logistic(x, y, jnp.ones(n), L2, NEWTON_STEPS)


def score(learner: Linear, table: Table) -> Float[Array, ""]:
    """Return the accuracy on a table."""
    return accuracy(learner.classify(table.x), table.y, jnp.ones(len(table.y)))


def scores(
    key: PRNGKeyArray, learner: Linear, test: Table, rho: float | Array
) -> dict[str, Array]:
    """Score on a synthetic benchmark, on real data, and where the artefact lies."""
    key_bench, key_real = jax.random.split(key)
    lies = with_artefact(test, 1.0 - 2.0 * test.y)
    return {
        "benchmark": score(learner, stamp(key_bench, test, rho)),
        "real": score(learner, stamp(key_real, test, 0.0)),
        "flipped": score(learner, lies),
    }
