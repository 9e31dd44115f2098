"""How near the output is to the samples that the model was fitted to."""

from __future__ import annotations

import dataclasses
from typing import ClassVar

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float, PRNGKeyArray

from retrain_sim.base import Frame, Rows, View, component, filled
from retrain_sim.metrics.pairwise import each_row, square_distances
from retrain_sim.metrics.weighted import lower_median


@component
class NearestReal:
    """Median distance to the nearest training sample, over that of unseen real data.

    ``memorization/nearest_real`` >= 0, without units: the median over generated samples
    of the distance to the nearest real sample that p_0 was fitted to, over the same
    median for held-out real samples (vectors only). About 1 for new samples of the real
    law; far below 1 for copies; above 1 off the real data. A ratio of two medians, on
    samples it is biased up by a share of order 1/n. It does not see whether one real
    sample is copied or all are, a minority of copies, nor copies of generated samples;
    samples drawn to the dense middle of the law score below 1 without copying.

    Args:
        real: training samples, filled in by ``prepare``.
        usual: median distance of the held-out real samples, filled in by ``prepare``.
    """

    predictable: ClassVar[bool] = False

    real: Float[Array, "q d"] = filled()
    usual: Float[Array, ""] = filled()

    def prepare(self, kit) -> NearestReal:
        """Fill in the training samples; refuse letters, and data full of copies."""
        kit.need("vectors", "metrics.names", "nearest-real")
        train, held_out = kit.splits.model, kit.splits.reference
        usual = jax.jit(median_to_nearest)(held_out.x, held_out.weights, train.x)
        if usual == 0:
            message = "nearest-real: half of the held-out samples are training samples"
            kit.fail("metrics.names", message)
        real, usual = np.asarray(train.x), np.asarray(usual)
        return dataclasses.replace(self, real=real, usual=usual)

    def __call__(self, key: PRNGKeyArray, view: View, frame: Frame) -> Rows:
        """Measure the ratio."""
        distance = median_to_nearest(view.x, view.weights, self.real)
        return {"memorization/nearest_real": distance / self.usual}


def median_to_nearest(
    x: Float[Array, "n d"], weights: Float[Array, " n"], real: Float[Array, "q d"]
) -> Float[Array, ""]:
    """Return the weighted (lower) median distance to the nearest of some rows.

    Example:
        >>> import jax.numpy as jnp
        >>> x, real = jnp.array([[0.0], [3.0], [9.0]]), jnp.array([[1.0], [9.0]])
        >>> float(median_to_nearest(x, jnp.ones(3), real))
        1.0
    """
    others = jnp.asarray(real)
    squares = each_row(lambda row: square_distances(row, others).min(), x)
    return jnp.sqrt(lower_median(squares, weights))
