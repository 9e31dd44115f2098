"""Real images that need no download: scikit-learn's handwritten digits."""

from __future__ import annotations

import numpy as np

from retrain_sim.base import component, static
from retrain_sim.data.dataset import Dataset, sample_of

SIDES = (8, 16, 32)


@component
class Digits:
    """1 797 real 8x8 images of handwritten digits, pixels scaled to [-1, 1].

    Args:
        side: 8, or 16 or 32 for images enlarged by bilinear interpolation.

    References:
        E. Alpaydin, C. Kaynak, "Optical Recognition of Handwritten Digits", UCI
        Machine Learning Repository, 1998; the test part, as in scikit-learn.
    """

    side: int = static(default=8)

    def check(self):
        """Yield what is out of range."""
        if self.side not in SIDES:
            yield "side", f"must be one of {SIDES}, got {self.side}"

    def load(self, rng: np.random.Generator) -> Dataset:
        """Return the images ``[1797, side * side]`` with their labels."""
        from scipy.ndimage import zoom
        from sklearn.datasets import load_digits

        x, y = load_digits(return_X_y=True)
        names = tuple(str(i) for i in range(10))
        x, shape = x / 8 - 1, (self.side, self.side)
        if self.side > 8:
            images = x.reshape(-1, 8, 8)
            larger = zoom(images, (1, self.side / 8, self.side / 8), order=1)
            x = larger.reshape(len(x), -1)
        return sample_of(x, labels=y, names=names, image_shape=shape)
