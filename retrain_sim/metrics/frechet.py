"""Frechet distance to held-out real data, of raw data or of a classifier's features."""

from __future__ import annotations

import dataclasses

import jax.numpy as jnp
from jaxtyping import Array, Float, PRNGKeyArray

from retrain_sim.base import Frame, Rows, View, component, filled, static
from retrain_sim.classifier import Classifier
from retrain_sim.metrics.weighted import mean_of, root_covariance


@component
class Frechet:
    """Frechet distance to the reference: the squared W2 of two fitted Gaussians.

    ``distance/frechet`` = |m - m'|^2 + tr(C + C' - 2 (C^1/2 C' C^1/2)^1/2) >= 0, in
    squared units of the features (vectors only). With the features of a classifier it
    is what FID is with those of an Inception network.

    Biased up, in the mean of order d tr C / n: compare equal sizes only. It does not
    see anything but means and covariances: a ring and a disk can be at distance 0, and
    within a classifier's features nothing that the classifier learned to ignore.
    Differences below about 1e-6 of the variance are lost to rounding.

    Args:
        features: "raw", the data themselves; "classifier", the hidden layer of a
            classifier trained on a split of its own.
        classifier: filled in by ``prepare``.

    References:
        D. Dowson, B. Landau, "The Frechet distance between multivariate normal
        distributions", J. Multivar. Anal. 12, 1982; M. Heusel et al., "GANs Trained by
        a Two Time-Scale Update Rule Converge to a Local Nash Equilibrium",
        NeurIPS 2017, arXiv 1706.08500.
    """

    features: str = static(default="raw")
    classifier: Classifier | None = filled()

    @property
    def needs_classifier(self) -> bool:
        """Whether a part of the data must be set aside for a classifier."""
        return self.features == "classifier"

    def check(self):
        """Yield what is out of range."""
        if self.features not in ("raw", "classifier"):
            yield "features", f"must be raw or classifier, got {self.features!r}"

    def prepare(self, kit) -> Frechet:
        """Attach the classifier if its features are asked for; refuse letters."""
        kit.need("vectors", "metrics.names", "frechet")
        if not self.needs_classifier:
            return self
        return dataclasses.replace(self, classifier=kit.classifier())

    def __call__(self, key: PRNGKeyArray, view: View, frame: Frame) -> Rows:
        """Measure the distance."""
        real = frame.reference
        fake_moments = (self._features(view.x), view.weights)
        real_moments = (self._features(real.x), real.weights)
        return {"distance/frechet": frechet_distance(fake_moments, real_moments)}

    def _features(self, x: Float[Array, "n d"]) -> Float[Array, "n f"]:
        return x if self.classifier is None else self.classifier.features(x)


def frechet_distance(
    x: tuple[Float[Array, "n d"], Float[Array, " n"]],
    y: tuple[Float[Array, "q d"], Float[Array, " q"]],
) -> Float[Array, ""]:
    """Return the Frechet distance of two weighted samples (rows, weights).

    With C = R'R and C' = S'S, the trace of (C^1/2 C' C^1/2)^1/2 is the sum of the
    singular values of R S': no square root of a rounded eigenvalue is taken.

    Example:
        >>> import jax.numpy as jnp
        >>> x, y, w = jnp.array([[-1.0], [1.0]]), jnp.array([[0.0], [4.0]]), jnp.ones(2)
        >>> round(float(frechet_distance((x, w), (y, w))), 4)
        5.0
    """
    root_x, root_y = root_covariance(*x), root_covariance(*y)
    shift = mean_of(*x) - mean_of(*y)
    overlap = jnp.linalg.svd(root_x @ root_y.T, compute_uv=False).sum()
    spread = (root_x**2).sum() + (root_y**2).sum() - 2 * overlap
    return (shift**2).sum() + jnp.maximum(spread, 0.0)
