"""One voter at a time: pluralism."""

from __future__ import annotations

import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float

from retrain_sim.base import Judges, View, component


@component
class RandomVoter:
    """Every reward judges alone, reward i with probability w_i.

    Args:
        voter_weights: w_i >= 0, summing to one: how often reward i judges.

    References:
        Falahati, Mohammadi Amiri, Larson, Golab, "Curated Synthetic Data Doesn't Have
        to Collapse", ICML 2026, arXiv 2605.07724.
    """

    voter_weights: tuple[float, ...]

    def check(self):
        """Yield what is out of range."""
        weights = np.asarray(self.voter_weights, np.float64)
        if not (weights.min(initial=1) >= 0 and abs(weights.sum() - 1) <= 1e-5):
            shown = [round(float(w), 6) for w in weights]
            yield "voter_weights", f"must be >= 0 and sum to 1, got {shown}"

    def __call__(self, view: View, log_prob: Float[Array, " n"] | None) -> Judges:
        """Take the rewards as they are."""
        weights = jnp.asarray(self.voter_weights)
        return Judges(view.rewards, weights, jnp.arange(len(weights)))
