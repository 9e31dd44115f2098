"""Fidelity and coverage, on manifolds of nearest neighbors."""

from __future__ import annotations

from typing import ClassVar

import jax.numpy as jnp
from jaxtyping import Array, Float, PRNGKeyArray

from retrain_sim.base import Frame, Rows, View, component, static
from retrain_sim.metrics.pairwise import (
    each_row,
    nearest_squares,
    neighbor_squares,
    square_distances,
)


@component
class PrecisionRecall:
    """Precision, recall, density and coverage on k-nearest-neighbor balls.

    Every sample is the center of a ball that reaches to its k-th nearest other sample
    (vectors only, distances of the raw data). ``fidelity/precision``: share of
    generated samples in a ball of the reference; ``fidelity/recall``: share of the
    reference in a ball of the generated; ``fidelity/density``: balls of the reference
    that hold a generated sample, over k, in the mean; ``fidelity/coverage``: share of
    the balls of the reference that hold a generated sample.

    All depend on both sample sizes and on k: compare at equal sizes only. Between two
    samples of one law, both large, density is 1 and coverage 1 - 2^-k in the mean, but
    precision and recall are below 1. Precision and recall do not see how the mass is
    divided inside the manifold, and one outlier with a large ball buys much recall;
    density and coverage are blind to anything inside a ball.

    Weights are counts; fewer than k + 1 samples reach to their farthest.

    Args:
        k: which neighbor, >= 1.

    References:
        T. Kynkaanniemi et al., "Improved Precision and Recall Metric for Assessing
        Generative Models", NeurIPS 2019, arXiv 1904.06991; M. Naeem et al., "Reliable
        Fidelity and Diversity Metrics for Generative Models", ICML 2020,
        arXiv 2002.09797.
    """

    predictable: ClassVar[bool] = False

    k: int = static(default=5)

    def check(self):
        """Yield what is out of range."""
        if self.k < 1:
            yield "k", f"must be at least 1, got {self.k}"

    def prepare(self, kit) -> PrecisionRecall:
        """Refuse letters, and a reference of fewer than k + 1 samples."""
        kit.need("vectors", "metrics.names", "precision-recall")
        n = len(kit.splits.reference.x)
        if n <= self.k:
            message = f"must be below the {n} held-out samples, got {self.k}"
            kit.fail("metrics.precision-recall.k", message)
        return self

    def __call__(self, key: PRNGKeyArray, view: View, frame: Frame) -> Rows:
        """Measure all four."""
        real, k = frame.reference, self.k
        reach_real = neighbor_squares(real.x, real.weights, k)
        reach_fake = neighbor_squares(view.x, view.weights, k)
        held = balls_around(view.x, (real.x, real.weights, reach_real))
        found = balls_around(real.x, (view.x, view.weights, reach_fake))
        covered = nearest_squares(real.x, view.x, view.weights) < reach_real
        n, q = view.weights.sum(), real.weights.sum()
        return {
            "fidelity/precision": view.weights @ (held > 0) / n,
            "fidelity/recall": real.weights @ (found > 0) / q,
            "fidelity/density": view.weights @ held / (k * n),
            "fidelity/coverage": real.weights @ covered / q,
        }


Balls = tuple[Float[Array, "q d"], Float[Array, " q"], Float[Array, " q"]]


def balls_around(x: Float[Array, "n d"], balls: Balls) -> Float[Array, " n"]:
    """Count the balls (centers, weights, squared radii) that hold each row ``[n]``.

    Example:
        >>> import jax.numpy as jnp
        >>> balls = (jnp.array([[0.0], [2.0]]), jnp.ones(2), jnp.array([1.0, 9.0]))
        >>> balls_around(jnp.array([[0.5], [1.5], [9.0]]), balls).tolist()
        [2.0, 1.0, 0.0]
    """
    centers, weights, reach = balls

    def count(row: Array) -> Array:
        return jnp.where(square_distances(row, centers) < reach, weights, 0.0).sum()

    return each_row(count, x)
