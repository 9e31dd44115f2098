"""A region in which outcomes are wanted."""

from __future__ import annotations

import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float

from retrain_sim.base import Samples, component, static
from retrain_sim.ranges import positive


@component
class Region:
    """r(x) = scale inside a box, or for some letters; 0 elsewhere.

    In sequences of letters the box bounds the letter at every position.

    Args:
        low: least value of every coordinate; -inf is allowed.
        high: greatest value of every coordinate; inf is allowed.
        letters: numbers of the wanted letters, instead of a box.
        scale: the reward inside, > 0.
    """

    low: tuple[float, ...] = ()
    high: tuple[float, ...] = ()
    letters: tuple[int, ...] = static(default=())
    scale: float = 1.0

    def check(self):
        """Yield what is out of range."""
        low, high = np.asarray(self.low), np.asarray(self.high)
        if bool(self.letters) == bool(low.size):
            yield "low", "give either a box (low and high) or letters"
        elif low.shape != high.shape:
            yield "high", f"{high.size} coordinates, but low has {low.size}"
        elif not (low <= high).all():
            yield "high", f"must be at least low {low.tolist()}, got {high.tolist()}"
        if self.letters and min(self.letters) < 0:
            yield "letters", f"must be at least 0, got {list(self.letters)}"
        yield from positive(self, "scale")

    def prepare(self, kit) -> Region:
        """Check the box, or the letters, against the data."""
        if self.letters:
            kit.need("letters", "reward.letters", "a set of letters")
            greatest = int(kit.data.x.max())
            if max(self.letters) > greatest:
                kit.fail("reward.letters", f"{max(self.letters)}; at most {greatest}")
        else:
            kit.check_point("reward.low", self.low)
        return self

    def __call__(self, x: Samples) -> Float[Array, " n"]:
        """Score vectors ``[n, d]``, sequences ``[n, length]`` or letters ``[n]``."""
        if self.letters:
            inside = jnp.isin(x, jnp.asarray(self.letters))
        else:
            low, high = jnp.asarray(self.low)[None], jnp.asarray(self.high)[None]
            inside = ((x >= low) & (x <= high)).all(axis=1)
        return jnp.where(inside, self.scale, 0.0)
