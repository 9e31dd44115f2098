"""Energy distance to held-out real data."""

from __future__ import annotations

from typing import ClassVar

import jax.numpy as jnp
from jaxtyping import PRNGKeyArray

from retrain_sim.base import Frame, Rows, View, component
from retrain_sim.metrics.pairwise import mean_over_pairs


@component
class EnergyDistance:
    """Energy distance to the reference: 2 E|X-Y| - E|X-X'| - E|Y-Y'| (vectors only).

    ``distance/energy`` >= 0, in units of the data. It is the V-statistic (pairs of a
    sample with itself included), which is never negative but biased up: between two
    samples of one law, of n and q outcomes, it is (1/n + 1/q) E|X-X'| in the mean. It
    weighs every direction by its length: in high dimensions differences along short
    directions drown.

    References:
        G. Szekely, M. Rizzo, "Energy statistics: A class of statistics based on
        distances", J. Statist. Plann. Inference 143, 2013.
    """

    pairs: ClassVar[bool] = True

    def prepare(self, kit) -> EnergyDistance:
        """Refuse letters."""
        kit.need("vectors", "metrics.names", "energy-distance")
        return self

    def __call__(self, key: PRNGKeyArray, view: View, frame: Frame) -> Rows:
        """Measure the distance."""
        fake = (view.x, view.weights)
        real = (frame.reference.x, frame.reference.weights)
        across = mean_over_pairs(jnp.sqrt, fake, real)
        within = mean_over_pairs(jnp.sqrt, fake, fake)
        distance = 2 * across - within - mean_over_pairs(jnp.sqrt, real, real)
        return {"distance/energy": jnp.maximum(distance, 0.0)}
