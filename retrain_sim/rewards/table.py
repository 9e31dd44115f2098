"""A reward for every letter."""

from __future__ import annotations

import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float, Int

from retrain_sim.base import component

FEW = 16
"""Letters up to which a comparison with each is faster than looking them up."""


@component
class Table:
    """r(x) = values[x] for letters x.

    Args:
        values: one finite reward per letter.
    """

    values: tuple[float, ...]

    def check(self):
        """Yield what is out of range."""
        if not np.isfinite(self.values).all():
            yield "values", f"must be finite, got {np.asarray(self.values).tolist()}"

    def prepare(self, kit) -> Table:
        """Check that every letter has a reward."""
        size = int(kit.data.x.max()) + 1
        if kit.data.x.ndim != 1 or len(self.values) != size:
            kit.fail("reward.values", f"{len(self.values)} values for {size} letters")
        return self

    def __call__(self, x: Int[Array, " n"]) -> Float[Array, " n"]:
        """Score letters ``[n]``."""
        values = jnp.asarray(self.values)
        if len(values) > FEW:
            return values[x]
        found = jnp.full(x.shape, jnp.nan, values.dtype)
        for letter in range(len(values)):
            found = jnp.where(x == letter, values[letter], found)
        return found
