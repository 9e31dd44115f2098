"""The nearer to a target, the better."""

from __future__ import annotations

from collections.abc import Sequence

import jax.numpy as jnp
from jaxtyping import Array, Float

from retrain_sim.base import component, static
from retrain_sim.ranges import finite, positive


def distance_to(
    point: Float[Array, " d"] | Sequence[float],
    x: Float[Array, "n d"],
    norm: int | float = 2.0,
) -> Float[Array, " n"]:
    """Return the distances of vectors to a point, in a p-norm.

    Example:
        >>> import jax.numpy as jnp
        >>> distance_to((0.0, 0.0), jnp.array([[3.0, 4.0]])).tolist()
        [5.0]
    """
    return jnp.linalg.norm(x - jnp.asarray(point)[None], ord=norm, axis=1)


@component
class Distance:
    """r(x) = -scale |x - target|, in any p-norm.

    Args:
        target: one coordinate per dimension.
        scale: steepness, > 0.
        norm: p >= 1: 1 is the sum of the coordinates' distances, 2 Euclidean, inf the
            greatest.
    """

    target: tuple[float, ...]
    scale: float = 1.0
    norm: int | float = static(default=2.0)

    def check(self):
        """Yield what is out of range."""
        yield from finite(self, "target")
        yield from positive(self, "scale")
        if not self.norm >= 1:
            yield "norm", f"must be at least 1 (inf is allowed), got {self.norm}"

    def prepare(self, kit) -> Distance:
        """Check the target against the data."""
        kit.check_point("reward.target", self.target)
        return self

    def __call__(self, x: Float[Array, "n d"]) -> Float[Array, " n"]:
        """Score vectors ``[n, d]``."""
        return -self.scale * distance_to(self.target, x, self.norm)
