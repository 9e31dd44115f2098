"""A ball in which all outcomes are equally good."""

from __future__ import annotations

import jax.numpy as jnp
from jaxtyping import Array, Float

from retrain_sim.base import component
from retrain_sim.ranges import at_least, finite, positive
from retrain_sim.rewards.distance import distance_to


@component
class Ball:
    """r(x) = -scale max(0, |x - center| - radius): 0 in a ball, falling outside.

    Args:
        center: one coordinate per dimension.
        radius: of the ball, >= 0.
        scale: steepness outside, > 0 (papers: gamma).

    References:
        Ferbach, Bertrand, Bose, Gidel, "Self-Consuming Generative Models with Curated
        Data Provably Optimize Human Preferences", NeurIPS 2024, arXiv 2407.09499.
    """

    center: tuple[float, ...]
    radius: float = 1.0
    scale: float = 10.0

    def check(self):
        """Yield what is out of range."""
        yield from finite(self, "center")
        yield from at_least(self, radius=0)
        yield from positive(self, "scale")

    def prepare(self, kit) -> Ball:
        """Check the center against the data."""
        kit.check_point("reward.center", self.center)
        return self

    def __call__(self, x: Float[Array, "n d"]) -> Float[Array, " n"]:
        """Score vectors ``[n, d]``."""
        outside = distance_to(self.center, x) - self.radius
        return -self.scale * jnp.maximum(outside, 0)
