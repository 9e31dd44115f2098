"""A direction in which more is better."""

from __future__ import annotations

import jax.numpy as jnp
from jaxtyping import Array, Float

from retrain_sim.base import component
from retrain_sim.ranges import finite


@component
class Linear:
    """r(x) = weights . x: without bound, no outcome is best.

    Args:
        weights: one number per dimension.
    """

    weights: tuple[float, ...]

    def check(self):
        """Yield what is out of range."""
        yield from finite(self, "weights")

    def prepare(self, kit) -> Linear:
        """Check the weights against the data."""
        kit.check_point("reward.weights", self.weights)
        return self

    def __call__(self, x: Float[Array, "n d"]) -> Float[Array, " n"]:
        """Score vectors ``[n, d]``."""
        return x @ jnp.asarray(self.weights)
