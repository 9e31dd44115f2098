"""Real images that need no download: scikit-learn's handwritten digits."""

from __future__ import annotations

import numpy as np

from retrain_sim.base import component
from retrain_sim.data.dataset import Dataset, sample_of


@component
class Digits:
    """1 797 real 8x8 images of handwritten digits, pixels scaled to [-1, 1].

    References:
        E. Alpaydin, C. Kaynak, "Optical Recognition of Handwritten Digits", UCI
        Machine Learning Repository, 1998; the test part, as in scikit-learn.
    """

    def load(self, rng: np.random.Generator) -> Dataset:
        """Return the images ``[1797, 64]`` with their labels."""
        from sklearn.datasets import load_digits

        x, y = load_digits(return_X_y=True)
        names = tuple(str(i) for i in range(10))
        return sample_of(x / 8 - 1, labels=y, names=names, image_shape=(8, 8))
