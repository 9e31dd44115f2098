"""Maximum mean discrepancy to held-out real data."""

from __future__ import annotations

import dataclasses
from typing import ClassVar

import jax.numpy as jnp
from jaxtyping import Array, Float, PRNGKeyArray

from retrain_sim.base import Frame, Rows, View, component
from retrain_sim.metrics.pairwise import mean_over_pairs
from retrain_sim.metrics.requirements import bandwidth_for

Sample = tuple[Float[Array, "n d"], Float[Array, " n"]]


@component
class Mmd:
    """Squared maximum mean discrepancy to the reference, unbiased (vectors only).

    ``distance/mmd2`` = E k(X,X') + E k(Y,Y') - 2 E k(X,Y) with the Gaussian kernel
    k(x,y) = exp(-|x-y|^2 / 2 h^2), by the U-statistic: no sample is paired with itself.
    It is unbiased, hence below zero half of the time when the laws agree. It does not
    see differences much finer or much coarser than the bandwidth h.

    Weights are counts. Fewer than two samples have no U-statistic: there E k(X,X')
    includes the pairs of a sample with itself.

    Args:
        bandwidth: h in units of the data; 0: the median distance between two held-out
            real samples.

    References:
        A. Gretton et al., "A Kernel Two-Sample Test", JMLR 13, 2012, equation 3.
    """

    pairs: ClassVar[bool] = True

    bandwidth: float = 0.0

    def check(self):
        """Yield what is out of range."""
        if not self.bandwidth >= 0:
            yield "bandwidth", f"must be at least 0, got {self.bandwidth}"

    def prepare(self, kit) -> Mmd:
        """Fill in the bandwidth; refuse letters."""
        kit.need("vectors", "metrics.names", "mmd")
        bandwidth = bandwidth_for(kit, "mmd", self.bandwidth)
        return dataclasses.replace(self, bandwidth=bandwidth)

    def __call__(self, key: PRNGKeyArray, view: View, frame: Frame) -> Rows:
        """Measure the squared discrepancy."""
        fake = (view.x, view.weights)
        real = (frame.reference.x, frame.reference.weights)
        within = self._within(fake) + self._within(real)
        across = mean_over_pairs(self._kernel, fake, real)
        return {"distance/mmd2": within - 2 * across}

    def _kernel(self, square: Array) -> Array:
        return jnp.exp(-square / (2 * self.bandwidth**2))

    def _within(self, sample: Sample) -> Float[Array, ""]:
        """Take out the pairs of a sample with itself, where k = 1."""
        n = sample[1].sum()
        everything = mean_over_pairs(self._kernel, sample, sample)
        return jnp.where(
            n < 2, everything, (n * everything - 1) / jnp.maximum(n - 1, 1)
        )
