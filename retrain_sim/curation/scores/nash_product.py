"""One judge for all: the Nash product of what each reward gains."""

from __future__ import annotations

import dataclasses

import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float

from retrain_sim.base import Judges, View, component
from retrain_sim.curation.scores.random_voter import RandomVoter
from retrain_sim.curation.scores.weighted_sum import alone

LEAST_GAIN = 1e-30
"""Instead of a gain of zero or less: its odds vanish, and nothing is infinite."""


@component
class NashProduct:
    """One joint score, sum_i w_i log(r_i - d_i): odds follow the Nash product.

    A choice among outcomes, not the bargaining solution over distributions that the
    random voter settles on (``retrain_sim.theory``): it collapses to a compromise.

    Args:
        voter_weights: bargaining powers w_i >= 0, summing to one.
        disagreement: d_i, one per reward; by default its least value on the atoms.

    References:
        J. F. Nash, "The Bargaining Problem", Econometrica 18(2), 1950.
    """

    voter_weights: tuple[float, ...]
    disagreement: tuple[float, ...] = ()

    def check(self):
        """Yield what is out of range."""
        yield from RandomVoter(self.voter_weights).check()
        given, needed = len(self.disagreement), len(self.voter_weights)
        if given not in (0, needed):
            yield "disagreement", f"{given} values for {needed} voter weights"
        if not np.isfinite(self.disagreement).all():
            yield "disagreement", f"must be finite, got {self.disagreement}"

    def prepare(self, kit) -> NashProduct:
        """Take the disagreement point from the atoms, unless it was given."""
        if len(self.disagreement):
            return self
        return dataclasses.replace(self, disagreement=kit.atom_rewards.min(axis=1))

    def __call__(self, view: View, log_prob: Float[Array, " n"] | None) -> Judges:
        """Multiply the gains, in logarithms."""
        gains = view.rewards - jnp.asarray(self.disagreement)[:, None]
        logs = jnp.log(jnp.maximum(gains, LEAST_GAIN))
        return alone(jnp.asarray(self.voter_weights) @ logs)
