"""One judge for all: the worst-off reward."""

from __future__ import annotations

from jaxtyping import Array, Float

from retrain_sim.base import Judges, View, component
from retrain_sim.curation.scores.weighted_sum import alone


@component
class MaxMin:
    """One joint score, min_i r_i: egalitarian aggregation before the choice.

    Unlike a random voter it is not free of shifts: the rewards must be on one scale.
    """

    def __call__(self, view: View, log_prob: Float[Array, " n"] | None) -> Judges:
        """Take the least reward of every candidate."""
        return alone(view.rewards.min(axis=0))
