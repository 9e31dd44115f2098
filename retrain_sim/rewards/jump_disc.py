"""A disc that pays a prize, with a jump at its rim."""

from __future__ import annotations

import jax.numpy as jnp
from jaxtyping import Array, Float

from retrain_sim.base import component
from retrain_sim.ranges import at_least, finite
from retrain_sim.rewards.distance import distance_to


@component
class JumpDisc:
    """r(x) = height if |x - center| <= radius, else -slope (|x - center| - radius).

    Args:
        center: one coordinate per dimension.
        radius: of the disc, >= 0.
        height: the reward inside, >= 0: the size of the jump at the rim.
        slope: steepness outside, >= 0.

    References:
        Falahati, Mohammadi Amiri, Larson, Golab, "The Alignment Game", AAAI 2026,
        arXiv 2511.12804 (radius 1, height 1, slope 2).
    """

    center: tuple[float, ...]
    radius: float = 1.0
    height: float = 1.0
    slope: float = 2.0

    def check(self):
        """Yield what is out of range."""
        yield from finite(self, "center")
        yield from at_least(self, radius=0, height=0, slope=0)

    def prepare(self, kit) -> JumpDisc:
        """Check the center against the data."""
        kit.check_point("reward.center", self.center)
        return self

    def __call__(self, x: Float[Array, "n d"]) -> Float[Array, " n"]:
        """Score vectors ``[n, d]``."""
        outside = distance_to(self.center, x) - self.radius
        return jnp.where(outside <= 0, self.height, -self.slope * outside)
