"""Curved shapes that no Gaussian fits: moons, circles, a swiss roll."""

from __future__ import annotations

import numpy as np

from retrain_sim.base import component, static
from retrain_sim.data.dataset import Dataset, sample_of
from retrain_sim.data.sources import MixtureSource
from retrain_sim.ranges import at_least


@component
class TwoMoons:
    """Two interleaved half circles of radius 1 in the plane, with noise.

    Args:
        n: samples, >= 2, half of them on each moon.
        noise: standard deviation of the noise in each coordinate, >= 0.
    """

    n: int = static(default=2000)
    noise: float = static(default=0.05)

    def check(self):
        """Yield what is out of range."""
        yield from at_least(self, n=2, noise=0)

    def load(self, rng: np.random.Generator) -> Dataset:
        """Draw ``[n, 2]`` samples, labeled with their moon."""
        from sklearn.datasets import make_moons

        x, labels = make_moons(self.n, noise=self.noise, random_state=_seed(rng))
        return sample_of(
            x,
            labels=labels,
            names=("upper-moon", "lower-moon"),
            source=MixtureSource(make_moons(self.n, shuffle=False)[0], self.noise),
        )


@component
class Circles:
    """Two concentric circles in the plane, with noise.

    Args:
        n: samples, >= 2, half of them on each circle.
        noise: standard deviation of the noise in each coordinate, >= 0.
        factor: radius of the inner circle, in (0, 1); the outer has radius 1.
    """

    n: int = static(default=2000)
    noise: float = static(default=0.05)
    factor: float = static(default=0.5)

    def check(self):
        """Yield what is out of range."""
        yield from at_least(self, n=2, noise=0)
        if not 0 < self.factor < 1:
            yield "factor", f"must be between 0 and 1, got {self.factor}"

    def load(self, rng: np.random.Generator) -> Dataset:
        """Draw ``[n, 2]`` samples, labeled with their circle."""
        from sklearn.datasets import make_circles

        x, labels = make_circles(
            self.n, noise=self.noise, factor=self.factor, random_state=_seed(rng)
        )
        return sample_of(x, labels=labels, names=("outer", "inner"))


@component
class SwissRoll:
    """A plane rolled up in three dimensions, with noise; it has one group.

    Args:
        n: samples, >= 2.
        noise: standard deviation of the noise in each coordinate, >= 0.
    """

    n: int = static(default=2000)
    noise: float = static(default=0.05)

    def check(self):
        """Yield what is out of range."""
        yield from at_least(self, n=2, noise=0)

    def load(self, rng: np.random.Generator) -> Dataset:
        """Draw ``[n, 3]`` samples; coordinates between about -15 and 21."""
        from sklearn.datasets import make_swiss_roll

        x, _ = make_swiss_roll(self.n, noise=self.noise, random_state=_seed(rng))
        return sample_of(x, modes=np.zeros((1, 3)), names=("all",))


def _seed(rng: np.random.Generator) -> int:
    """Derive the seed that scikit-learn's generators take."""
    return int(rng.integers(2**31))
