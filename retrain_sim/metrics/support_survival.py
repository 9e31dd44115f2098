"""How many outcomes are left."""

from __future__ import annotations

import dataclasses

import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float, PRNGKeyArray

from retrain_sim.base import Frame, Rows, View, component, filled


@component
class SupportSurvival:
    """Number of outcomes that are left, and share of the real law's (letters only).

    ``survival/outcomes`` counts the letters of probability above ``least``;
    ``survival/share`` is the share of them among the letters that the real law has.
    Where the model lists its outcomes this is exact; on a sample of n, letters rarer
    than about 1/n are missed and the count is biased down. It does not see how the
    mass is divided: one letter at 99 % and nine sharing the rest are ten outcomes.

    Args:
        least: probability that an outcome must exceed, in [0, 1).
        real: probabilities of the real law, filled in by ``prepare``.
    """

    least: float = 0.0
    real: Float[Array, " g"] = filled()

    def check(self):
        """Yield what is out of range."""
        if not 0 <= self.least < 1:
            yield "least", f"must be at least 0 and below 1, got {self.least}"

    def prepare(self, kit) -> SupportSurvival:
        """Fill in the real law; refuse vectors."""
        kit.need("letters", "metrics.names", "support-survival")
        weights = np.bincount(kit.data.x, kit.data.weights)
        real = (weights / weights.sum()).astype(np.float32)
        return dataclasses.replace(self, real=real)

    def __call__(self, key: PRNGKeyArray, view: View, frame: Frame) -> Rows:
        """Count the outcomes."""
        real = jnp.asarray(self.real)
        probs = view.weights / view.weights.sum()
        left = jnp.zeros_like(real).at[view.x].add(probs) > self.least
        n_left = left.sum().astype(real.dtype)
        share = (left & (real > 0)).sum() / (real > 0).sum()
        return {"survival/outcomes": n_left, "survival/share": share}
