"""A probability for every letter: the model with an ideal fit."""

from __future__ import annotations

import dataclasses

import jax.numpy as jnp
from jaxtyping import Array, Float, Int, PRNGKeyArray

from retrain_sim.base import component, static
from retrain_sim.sampling import choice

FEW = 16
"""Letters up to which a comparison with each is faster than a scatter."""


@component
class Categorical:
    """A free probability for every letter; the fit is the weighted frequencies.

    Args:
        size: number of letters; taken from the data.
    """

    size: int = static(default=0, metadata={"setting": False})

    def prepare(self, kit) -> Categorical:
        """Take the size from the data."""
        kit.need("letters", "model.kind", "categorical")
        return dataclasses.replace(self, size=int(kit.data.x.max()) + 1)

    def init(
        self, key: PRNGKeyArray, data: Int[Array, " n"], weights: Float[Array, " n"]
    ) -> Float[Array, " size"]:
        """Fit p_0: weighted frequencies."""
        return self.fit(key, None, data, weights)

    def fit(
        self, key: PRNGKeyArray, params, data: Int[Array, " n"], weights
    ) -> Float[Array, " size"]:
        """Return the weighted frequencies ``[size]``, summing to one."""
        counts = letter_counts(data, weights, self.size)
        return counts / counts.sum()

    def sample(
        self, key: PRNGKeyArray, params: Float[Array, " size"], n: int
    ) -> Int[Array, " n"]:
        """Draw n letters."""
        return choice(key, params, n)

    def support(
        self, params: Float[Array, " size"]
    ) -> tuple[Int[Array, " size"], Float[Array, " size"]]:
        """List all letters with their probabilities."""
        return jnp.arange(self.size, dtype=jnp.int32), params

    def log_prob(
        self, params: Float[Array, " size"], x: Int[Array, " n"]
    ) -> Float[Array, " n"]:
        """Look up the log probability of every letter; -inf for an extinct one."""
        return jnp.log(params)[x]


def letter_counts(
    data: Int[Array, " n"], weights: Float[Array, " n"], size: int
) -> Float[Array, " size"]:
    """Add up the weights of every letter."""
    if size > FEW:
        return jnp.zeros(size).at[data].add(weights)
    is_letter = data[None] == jnp.arange(size, dtype=data.dtype)[:, None]
    return jnp.where(is_letter, weights[None], 0).sum(axis=1)
