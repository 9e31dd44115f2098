"""Size and place of the cloud: trace and log determinant of the covariance, mean."""

from __future__ import annotations

import jax.numpy as jnp
from jaxtyping import Array, Float, PRNGKeyArray

from retrain_sim.base import Frame, Rows, View, component, static
from retrain_sim.metrics.weighted import mean_of, root_covariance


@component
class Variance:
    """Total variance, log determinant of the covariance, distance of the means.

    With the covariance C over all groups together (vectors only):
    ``variance/trace`` tr C, in squared units of the data;
    ``variance/log_determinant`` (log det C) / d, per dimension;
    ``variance/mean_distance2`` |mean - reference mean|^2.

    With ``ddof = 1`` the trace is unbiased; with 0 it is low by the factor 1 - 1/n. The
    log determinant is low by about (d + 3) / 2n for Gaussians, (d + 1) / 2n with
    ``ddof = 1``; the squared distance of the means is high by tr C / n (twice that if
    the reference is as large). A falling variance is not a definition of collapse:
    chains of kernel density estimates spread while they forget, and two far points
    have a large trace.

    Args:
        ddof: 0 for the plug-in covariance, 1 for the unbiased one (which needs two
            samples: below that it is the plug-in).
        least_variance: floor of the variance along a direction, > 0, in squared units
            of the data: what a flat cloud counts as in the log determinant.
    """

    ddof: int = static(default=0)
    least_variance: float = 1e-12

    def check(self):
        """Yield what is out of range."""
        if self.ddof not in (0, 1):
            yield "ddof", f"must be 0 or 1, got {self.ddof}"
        if not self.least_variance > 0:
            yield "least_variance", f"must be positive, got {self.least_variance}"

    def prepare(self, kit) -> Variance:
        """Refuse letters."""
        kit.need("vectors", "metrics.names", "variance")
        return self

    def __call__(self, key: PRNGKeyArray, view: View, frame: Frame) -> Rows:
        """Measure mean and covariance."""
        spectrum = self._spectrum(view)
        logs = jnp.log(jnp.maximum(spectrum, self.least_variance))
        reference = frame.reference
        shift = mean_of(view.x, view.weights)
        shift -= mean_of(reference.x, reference.weights)
        return {
            "variance/trace": spectrum.sum(),
            "variance/log_determinant": logs.mean(),
            "variance/mean_distance2": (shift**2).sum(),
        }

    def _spectrum(self, view: View) -> Float[Array, " d"]:
        root = root_covariance(view.x, view.weights)
        sizes = jnp.linalg.svd(root, compute_uv=False)
        sizes = jnp.pad(sizes, (0, view.x.shape[1] - len(sizes)))
        n = view.weights.sum()
        ddof = jnp.where(n < 2, 0, self.ddof)
        return sizes**2 * n / (n - ddof)
