"""Sequences with a known law: the control for language models."""

from __future__ import annotations

import numpy as np

from retrain_sim.base import component, static
from retrain_sim.data.dataset import Dataset
from retrain_sim.data.sources import MarkovSource, draw_with, stationary
from retrain_sim.ranges import at_least, positive


@component
class Markov:
    """Sequences of letters from a stationary Markov chain, random or as given.

    The source knows the chain: ``kit.data.source.entropy_rate()`` is the least
    cross-entropy, in nats per letter, that any model of the sequences can reach.

    Args:
        n: sequences, >= 2.
        length: letters of a sequence, >= 2.
        size: number of letters, >= 2; needless when ``transitions`` is given.
        concentration: a random row is Dirichlet with this parameter, > 0; small makes
            the chain nearly deterministic, large makes letters independent.
        transitions: row i is the law of the letter after letter i, ``[size][size]``.
    """

    n: int = static(default=1000)
    length: int = static(default=32)
    size: int = static(default=0)
    concentration: float = static(default=1.0)
    transitions: tuple[tuple[float, ...], ...] = static(default=())

    def check(self):
        """Yield what is out of range."""
        yield from at_least(self, n=2, length=2)
        yield from positive(self, "concentration")
        if not self.transitions:
            yield from at_least(self, size=2)
            return
        size = len(self.transitions)
        if self.size not in (0, size):
            yield "size", f"is {self.size}, but there are {size} rows of transitions"
        if size < 2 or any(len(row) != size for row in self.transitions):
            yield "transitions", "must be a square of at least 2 rows"
            return
        law = np.asarray(self.transitions)
        if not (law.min() >= 0 and np.abs(law.sum(axis=1) - 1).max() <= 1e-6):
            yield "transitions", "every row must be >= 0 and sum to 1"
        elif np.isnan(stationary(law)).any():
            yield "transitions", "must have one stationary law, these have several"

    def load(self, rng: np.random.Generator) -> Dataset:
        """Draw ``[n, length]`` letters (int32)."""
        law = np.asarray(self.transitions)
        if not self.transitions:
            law = rng.dirichlet(np.full(self.size, self.concentration), size=self.size)
        law = law / law.sum(axis=1, keepdims=True)
        source = MarkovSource(stationary(law), law, self.length)
        x = draw_with(rng, source, self.n)
        return Dataset(x, np.ones(self.n, np.float32), names=("all",), source=source)
