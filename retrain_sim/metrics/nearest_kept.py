"""How near the output is to the few samples that the model was just trained on."""

from __future__ import annotations

import jax.numpy as jnp
from jaxtyping import Array, Float

from retrain_sim.base import Data, Frame, Rows, View, component
from retrain_sim.metrics.pairwise import (
    each_row,
    nearest_squares,
    square_distances,
)
from retrain_sim.metrics.weighted import lower_median


@component
class NearestKept:
    """Median distance to the nearest training sample, over that among these.

    ``memorization/nearest_kept`` >= 0, without units: the median over new samples of
    the distance to the nearest row of the training set that the model has just been
    fitted to, over the median distance of those rows to their nearest other row
    (vectors only; copies of a row are no other row). About 1 for new samples of the law
    that the training set was drawn from; far below 1 for a model that gives back its
    training samples, 0 for copies; above 1 off the training set. With a training set
    that is copies of one row it is 0.

    A ratio of two medians, on samples it is biased by a share of order 1/n. It does not
    see a minority of copies, and where the law is broader than the training set reaches
    (a model that lags behind its curated data) it is larger than 1.
    """

    def prepare(self, kit) -> NearestKept:
        """Refuse letters."""
        kit.need("vectors", "metrics.names", "nearest-kept")
        return self

    def __call__(self, data: Data, view: View, frame: Frame) -> Rows:
        """Measure the ratio of one act of retraining."""
        rows, weights = data
        found = nearest_squares(view.x, rows, weights)
        new = lower_median(found, view.weights)
        usual = lower_median(nearest_other(rows, weights), weights)
        ratio = jnp.sqrt(new / jnp.where(usual > 0, usual, jnp.inf))
        return {"memorization/nearest_kept": ratio}


def nearest_other(
    x: Float[Array, "n d"], weights: Float[Array, " n"]
) -> Float[Array, " n"]:
    """Return each row's squared distance to the nearest different row; inf if none.

    Example:
        >>> x = jnp.array([[0.0], [0.0], [2.0], [9.0]])
        >>> nearest_other(x, jnp.array([1.0, 1.0, 1.0, 0.0])).tolist()
        [4.0, 4.0, 4.0, 49.0]
    """

    def one(row: Array) -> Array:
        square = square_distances(row, x)
        return jnp.where((square > 0) & (weights > 0), square, jnp.inf).min()

    return each_row(one, x)
