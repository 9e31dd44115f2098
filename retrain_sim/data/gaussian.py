"""Samples of one Gaussian, and of eight on a circle."""

from __future__ import annotations

import numpy as np

from retrain_sim.base import component, static
from retrain_sim.data.dataset import Dataset, sample_of
from retrain_sim.data.sources import MixtureSource
from retrain_sim.ranges import at_least, finite, positive


@component
class Gaussian:
    """Samples of N(mean, sd^2 I) in ``dim`` dimensions.

    Args:
        dim: d >= 1.
        n: samples, >= 2.
        mean: the same in every coordinate.
        sd: standard deviation of every coordinate, > 0.
    """

    dim: int = static(default=1)
    n: int = static(default=1000)
    mean: float = static(default=0.0)
    sd: float = static(default=1.0)

    def check(self):
        """Yield what is out of range."""
        yield from at_least(self, dim=1, n=2)
        yield from finite(self, "mean")
        yield from positive(self, "sd")

    def load(self, rng: np.random.Generator) -> Dataset:
        """Draw ``[n, dim]`` samples."""
        x = self.mean + self.sd * rng.standard_normal((self.n, self.dim))
        modes = np.full((1, self.dim), self.mean)
        source = MixtureSource(modes, self.sd)
        return sample_of(x, modes=modes, names=("all",), source=source)


@component
class EightGaussians:
    """Samples of eight Gaussians (sd 0.5) on a circle of radius 4, divided by 1.414.

    Args:
        n: samples, >= 2.

    References:
        The toy density of Bertrand et al., "On the Stability of Iterative Retraining
        of Generative Models on their own Data", ICLR 2024, arXiv 2310.00429.
    """

    n: int = static(default=10_000)

    def check(self):
        """Yield what is out of range."""
        yield from at_least(self, n=2)

    def load(self, rng: np.random.Generator) -> Dataset:
        """Draw ``[n, 2]`` samples, labeled with their mode (0 is east)."""
        angles = np.arange(8) * np.pi / 4
        centers = 4 * np.stack([np.cos(angles), np.sin(angles)], axis=1)
        labels = rng.integers(8, size=self.n)
        x = centers[labels] + 0.5 * rng.standard_normal((self.n, 2))
        return sample_of(
            x / 1.414,
            labels=labels,
            names=tuple(f"mode-{i}" for i in range(8)),
            modes=centers / 1.414,
            source=MixtureSource(centers / 1.414, 0.5 / 1.414),
        )
