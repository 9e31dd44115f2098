"""Differential entropy, from the distances to nearest neighbors."""

from __future__ import annotations

import math
from typing import ClassVar

import jax.numpy as jnp
from jax.scipy.special import digamma
from jaxtyping import PRNGKeyArray

from retrain_sim.base import Frame, Rows, View, component, static
from retrain_sim.metrics.pairwise import neighbor_squares


@component
class KnnEntropy:
    """Differential entropy by Kozachenko and Leonenko, in nats (vectors only).

    ``diversity/knn_entropy`` = psi(n) - psi(k) + log V_d + (d/n) sum_i log rho_i, with
    rho_i the distance of sample i to its k-th nearest other sample and V_d the volume
    of the unit ball. The bias vanishes slowly, as n^(-2/d), up or down with the
    curvature of the density: in tens of dimensions read its changes, not its value. It
    does not see where the mass is; a shift, a mode exchanged for another, change
    nothing.

    A sample repeated more than k times has rho = 0. Distances are floored at
    ``least_distance``, so that a cloud of copies reads about d log least_distance
    rather than minus infinity.

    Args:
        k: which neighbor, >= 1; smaller is less biased, larger less noisy.
        least_distance: floor of rho, > 0, in units of the data.

    References:
        L. Kozachenko, N. Leonenko, "Sample estimate of the entropy of a random vector",
        Probl. Inf. Transm. 23, 1987; in this form A. Kraskov, H. Stoegbauer,
        P. Grassberger, "Estimating mutual information", Phys. Rev. E 69, 2004,
        arXiv cond-mat/0305641, equation 20.
    """

    predictable: ClassVar[bool] = False

    k: int = static(default=3)
    least_distance: float = 1e-6

    def check(self):
        """Yield what is out of range."""
        if self.k < 1:
            yield "k", f"must be at least 1, got {self.k}"
        if not self.least_distance > 0:
            yield "least_distance", f"must be positive, got {self.least_distance}"

    def prepare(self, kit) -> KnnEntropy:
        """Refuse letters."""
        kit.need("vectors", "metrics.names", "knn-entropy")
        return self

    def __call__(self, key: PRNGKeyArray, view: View, frame: Frame) -> Rows:
        """Estimate the entropy."""
        n, d = view.weights.sum(), view.x.shape[1]
        squares = neighbor_squares(view.x, view.weights, self.k)
        logs = jnp.log(jnp.maximum(jnp.sqrt(squares), self.least_distance))
        log_ball = d / 2 * math.log(math.pi) - math.lgamma(d / 2 + 1)
        offset = digamma(n) - digamma(float(self.k)) + log_ball
        return {"diversity/knn_entropy": offset + d * (view.weights @ logs) / n}
