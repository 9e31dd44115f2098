"""Gaussians on a square grid: the classic picture of lost modes."""

from __future__ import annotations

import numpy as np

from retrain_sim.base import component, static
from retrain_sim.data.dataset import Dataset, sample_of
from retrain_sim.data.sources import MixtureSource
from retrain_sim.ranges import at_least, positive


@component
class Grid:
    """Samples of side^2 equally likely Gaussians on a square grid around the origin.

    Args:
        n: samples, >= 2.
        side: modes along one side, >= 1; 5 gives the usual 25 modes.
        spacing: distance between neighboring modes, > 0.
        sd: standard deviation of every coordinate of a mode, > 0.

    References:
        The 25-mode mixture of Alemohammad et al., "Self-Consuming Generative Models
        Go MAD", ICLR 2024, arXiv 2307.01850 (spacing and sd are not stated there).
    """

    n: int = static(default=10_000)
    side: int = static(default=5)
    spacing: float = static(default=2.0)
    sd: float = static(default=0.05)

    def check(self):
        """Yield what is out of range."""
        yield from at_least(self, n=2, side=1)
        yield from positive(self, "spacing", "sd")

    def load(self, rng: np.random.Generator) -> Dataset:
        """Draw ``[n, 2]`` samples, labeled ``mode-row-column`` from the lower left."""
        row, column = np.divmod(np.arange(self.side**2), self.side)
        steps = np.stack([column, row], axis=1) - (self.side - 1) / 2
        centers = self.spacing * steps
        labels = rng.integers(len(centers), size=self.n)
        x = centers[labels] + self.sd * rng.standard_normal((self.n, 2))
        return sample_of(
            x,
            labels=labels,
            names=tuple(f"mode-{i}-{j}" for i, j in zip(row, column, strict=True)),
            modes=centers,
            source=MixtureSource(centers, self.sd),
        )
