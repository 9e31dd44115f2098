"""Gaussians at random places, in any dimension."""

from __future__ import annotations

import numpy as np

from retrain_sim.base import component, static
from retrain_sim.data.dataset import Dataset, sample_of
from retrain_sim.data.sources import MixtureSource
from retrain_sim.ranges import at_least, positive


@component
class Blobs:
    """Samples of Gaussians with random centers, as scikit-learn's ``make_blobs``.

    The centers depend on the run's seed; each blob has n / blobs samples.

    Args:
        n: samples, >= 2 and at least one per blob.
        blobs: number of Gaussians g >= 1.
        dim: d >= 1.
        sd: standard deviation of every coordinate of a blob, > 0.
        box: centers are uniform in [-box, box] in every coordinate, > 0.

    References:
        The data of Kazdan et al., "Collapse or Thrive? Perils and Promises of Synthetic
        Data in a Self-Generating World", 2024, arXiv 2410.16713.
    """

    n: int = static(default=1000)
    blobs: int = static(default=3)
    dim: int = static(default=2)
    sd: float = static(default=1.0)
    box: float = static(default=10.0)

    def check(self):
        """Yield what is out of range."""
        yield from at_least(self, blobs=1, dim=1)
        yield from at_least(self, n=max(2, self.blobs))
        yield from positive(self, "sd", "box")

    def load(self, rng: np.random.Generator) -> Dataset:
        """Draw ``[n, dim]`` samples, labeled with their blob."""
        from sklearn.datasets import make_blobs

        centers = rng.uniform(-self.box, self.box, (self.blobs, self.dim))
        x, labels = make_blobs(
            self.n,
            centers=centers,
            cluster_std=self.sd,
            random_state=int(rng.integers(2**31)),
        )
        names = tuple(f"blob-{i}" for i in range(self.blobs))
        source = MixtureSource(centers, self.sd)
        return sample_of(x, labels=labels, names=names, modes=centers, source=source)
