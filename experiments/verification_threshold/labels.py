"""Synthetic labels, some wrong, verified by a regime of the main loop."""

from __future__ import annotations

from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float, PRNGKeyArray

from retrain_sim.base import component
from retrain_sim.dose.evaluation import accuracy
from retrain_sim.dose.learners import ridge
from retrain_sim.regimes import Replace, VerifierFilter

DIM, LENGTH = 20, 2.0
"""Of the mean: the best accuracy is Phi(2) = 0.977."""
N_MADE, N_REAL, N_TEST, L2 = 20_000, 50, 4000, 1.0


@component
class RightLabel:
    """Score 1 where the last column, a label, is the one before it, the truth."""

    def __call__(self, x: Float[Array, "n columns"]) -> Float[Array, " n"]:
        """Compare."""
        return 1.0 * (x[:, -1] == x[:, -2])


def draw(key: PRNGKeyArray, n: int) -> tuple[Float[Array, "n d"], Float[Array, " n"]]:
    """Draw inputs y mu + noise, and their labels y = +-1."""
    key_label, key_noise = jax.random.split(key)
    y = jax.random.rademacher(key_label, (n,), jnp.float32)
    mean = LENGTH / DIM**0.5
    return mean * y[:, None] + jax.random.normal(key_noise, (n, DIM)), y


def verified(
    key: PRNGKeyArray, rows: Float[Array, "n columns"], verifier: Float[Array, " 2"]
) -> Float[Array, " n"]:
    """Return the weights that ``verifier-filter`` leaves the rows: 1 or 0."""
    chances: Any = {"phi": verifier[0], "psi": verifier[1]}
    regime = VerifierFilter(Replace(), RightLabel(), 0.5, **chances)
    data = (rows, jnp.ones(len(rows)))
    _, (_, weights) = regime.mix(key, (), data, data)
    return weights


def scores(
    key: PRNGKeyArray, wrong: Float[Array, " p"], verifiers: Float[Array, "v 2"]
) -> dict[str, Array]:
    """Measure accuracy with verified synthetic labels, alone and beside real ones.

    Args:
        key: a PRNG key.
        wrong: shares p of wrong labels.
        verifiers: phi and psi.

    Returns:
        ``made`` and ``both`` [v, p], and ``real`` [] without any synthetic row.
    """
    keys = jax.random.split(key, 5)
    x, y = draw(keys[0], N_MADE)
    x_real, y_real = draw(keys[1], N_REAL)
    x_test, y_test = draw(keys[2], N_TEST)
    luck = jax.random.uniform(keys[3], (N_MADE,))
    everything = jnp.concatenate([x, x_real])

    def score(labels, weights):
        targets = jnp.concatenate([labels, y_real])[:, None]
        said = jnp.sign(ridge(everything, targets, weights, L2)(x_test)[:, 0])
        right = (said > 0) == (y_test > 0)
        return accuracy(
            right.astype(jnp.int32), jnp.ones(N_TEST, jnp.int32), jnp.ones(N_TEST)
        )

    def one(verifier, p):
        labels = jnp.where(luck < p, -y, y)
        rows = jnp.concatenate([x, y[:, None], labels[:, None]], axis=1)
        kept = verified(keys[4], rows, verifier)
        return [
            score(labels, jnp.append(kept, jnp.full(N_REAL, w))) for w in (0.0, 1.0)
        ]

    def over(verifier):
        return jax.lax.map(lambda p: one(verifier, p), wrong)

    made, both = jax.lax.map(over, verifiers)
    real = score(y, jnp.append(jnp.zeros(N_MADE), jnp.ones(N_REAL)))
    return {"made": made, "both": both, "real": real}


def measure(
    wrong: tuple[float, ...], verifiers: tuple[tuple[float, float], ...], n_seeds: int
) -> dict[str, np.ndarray]:
    """Run all seeds in one compiled program, one after the other (memory)."""
    keys = jax.random.split(jax.random.key(0), n_seeds)
    table = jnp.asarray(wrong), jnp.asarray(verifiers)
    run = jax.jit(lambda keys: jax.lax.map(lambda key: scores(key, *table), keys))
    return {name: np.asarray(v, np.float64) for name, v in run(keys).items()}
