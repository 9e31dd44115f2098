"""One judge for all: the weighted sum of the rewards."""

from __future__ import annotations

import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float

from retrain_sim.base import Judges, View, component


@component
class WeightedSum:
    """One joint score, sum_i c_i r_i: utilitarian aggregation before the choice.

    A single judge collapses the loop like a single reward, to the best of the sum.

    Args:
        reward_weights: c_i, one finite number per reward, of any sign.
    """

    reward_weights: tuple[float, ...]

    def check(self):
        """Yield what is out of range."""
        if not np.isfinite(self.reward_weights).all():
            yield "reward_weights", f"must be finite, got {self.reward_weights}"

    def __call__(self, view: View, log_prob: Float[Array, " n"] | None) -> Judges:
        """Add the rewards up."""
        return alone(jnp.asarray(self.reward_weights) @ view.rewards)


def alone(score: Float[Array, " n"]) -> Judges:
    """Let one joint score decide; it is booked under voter 0."""
    return Judges(score[None], jnp.ones(1, score.dtype), jnp.zeros(1, jnp.int32))
