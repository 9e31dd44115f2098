"""Linear regression with known coefficients: where the error itself is exact."""

from __future__ import annotations

import numpy as np

from retrain_sim.base import component, static
from retrain_sim.data.dataset import Dataset, sample_of
from retrain_sim.data.sources import RegressionSource, draw_with
from retrain_sim.ranges import at_least


@component
class Regression:
    """Rows [x_1 .. x_d, y] with x from N(0, I) and y = x . w* + noise.

    Args:
        dim: d >= 1, inputs; needless when ``coefficients`` is given.
        n: rows, >= 2; half of them train the model, the rest is held out.
        noise: standard deviation sigma of the labels, >= 0.
        coefficients: the truth w*; by default drawn from N(0, I / d).

    References:
        Gerstgrasser et al., "Is Model Collapse Inevitable? Breaking the Curse of
        Recursion by Accumulating Real and Synthetic Data", 2024, arXiv 2404.01413.
    """

    dim: int = static(default=10)
    n: int = static(default=200)
    noise: float = static(default=1.0)
    coefficients: tuple[float, ...] = static(default=())

    def check(self):
        """Yield what is out of range."""
        yield from at_least(self, dim=1, n=2, noise=0)
        if not np.isfinite(self.coefficients).all():
            yield "coefficients", f"must be finite, got {list(self.coefficients)}"

    def load(self, rng: np.random.Generator) -> Dataset:
        """Draw ``[n, d + 1]`` rows, the label last."""
        truth = np.asarray(self.coefficients)
        if not self.coefficients:
            truth = rng.standard_normal(self.dim) / np.sqrt(self.dim)
        source = RegressionSource(truth.astype(np.float32), self.noise)
        x = draw_with(rng, source, self.n)
        return sample_of(
            x, modes=np.zeros((1, len(truth) + 1)), names=("all",), source=source
        )
