"""A single smooth peak."""

from __future__ import annotations

import jax.numpy as jnp
from jaxtyping import Array, Float

from retrain_sim.base import component


@component
class QuadraticPeak:
    """r(x) = -scale |x - center|^2: best at the center, falling without bound.

    Args:
        center: one coordinate per dimension.
        scale: steepness, > 0; 1 / (2 s^2) makes exp(r) a Gaussian of sd s.
    """

    center: tuple[float, ...]
    scale: float = 1.0

    def check(self):
        """Yield what is out of range."""
        if not self.scale > 0:
            yield "scale", f"must be positive, got {self.scale}"

    def prepare(self, kit) -> QuadraticPeak:
        """Check the center against the data."""
        kit.check_point("reward.center", self.center)
        return self

    def __call__(self, x: Float[Array, "n d"]) -> Float[Array, " n"]:
        """Score vectors ``[n, d]``."""
        return -self.scale * jnp.sum((x - jnp.asarray(self.center)[None]) ** 2, axis=1)
