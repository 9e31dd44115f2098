"""A known law over a few letters: the exact control."""

from __future__ import annotations

import math

import numpy as np

from retrain_sim.base import component, static
from retrain_sim.data.dataset import Dataset
from retrain_sim.data.sources import LetterSource


@component
class Alphabet:
    """Letters 0 .. size - 1 with known probabilities: uniform, Zipf, or as given.

    Args:
        size: number of letters, >= 1; needless when ``probs`` is given.
        zipf: exponent a >= 0 of p(i) proportional to (i + 1)^-a; 0 is uniform.
        probs: the probabilities themselves, positive, summing to one.
        names: one name per letter; by default its number.
    """

    size: int = static(default=0)
    zipf: float = static(default=0.0)
    probs: tuple[float, ...] = static(default=())
    names: tuple[str, ...] = static(default=())

    def check(self):
        """Yield what is out of range."""
        if self.size < 1 and not self.probs:
            yield "size", f"must be at least 1 (or give probs), got {self.size}"
        if not 0 <= self.zipf < math.inf:
            yield "zipf", f"must be at least 0, got {self.zipf}"
        fine = min(self.probs, default=0) >= 0 and abs(sum(self.probs) - 1) <= 1e-6
        if self.probs and not fine:
            yield "probs", f"must be >= 0 and sum to 1, got {list(self.probs)}"
        if self.probs and self.size not in (0, len(self.probs)):
            yield "size", f"is {self.size}, but there are {len(self.probs)} probs"
        if self.names and len(self.names) != (len(self.probs) or self.size):
            yield "names", f"one per letter is needed, got {len(self.names)}"

    def load(self, rng: np.random.Generator) -> Dataset:
        """Return the letters ``[size]`` with their probabilities as weights."""
        ranks = np.arange(1, (len(self.probs) or self.size) + 1)
        law = np.asarray(self.probs) if self.probs else ranks**-self.zipf
        letters = (ranks - 1).astype(np.int32)
        names = self.names or tuple(str(i) for i in letters)
        weights = (law / law.sum()).astype(np.float32)
        return Dataset(
            letters,
            weights,
            labels=letters,
            names=names,
            exact=True,
            source=LetterSource(weights),
        )
