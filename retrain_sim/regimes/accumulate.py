"""Nothing is thrown away."""

from __future__ import annotations

import dataclasses

import numpy as np
from jaxtyping import Float, PRNGKeyArray

from retrain_sim.base import Data, Pool, component, static
from retrain_sim.regimes.pools import append, make_buffer, real_samples, real_size


@component
class Accumulate:
    """Train on the real data and on all samples kept so far, each of weight one.

    The pool has room for all rounds from the beginning: rounds x n_kept samples for
    every run, and every fit sees the whole of it.

    Args:
        real_size: real samples to begin with; 0 takes all there are, and of a known
            law as many as are kept each round.

    References:
        M. Gerstgrasser et al., "Is Model Collapse Inevitable?", 2024, arXiv 2404.01413.
        J. Kazdan et al., "Collapse or Thrive?", 2024, arXiv 2410.16713.
    """

    real_size: int = static(default=0)
    exact: bool = static(default=False, metadata={"setting": False})

    def check(self):
        """Yield what is out of range."""
        if self.real_size < 0:
            yield "real_size", f"must be at least 0, got {self.real_size}"

    def prepare(self, kit) -> Accumulate:
        """Count the real data."""
        size, exact = real_size(self.real_size, kit, "regime.real_size")
        return dataclasses.replace(self, real_size=size, exact=exact)

    def init(self, key: PRNGKeyArray, real: Data, n_kept: int, n_rounds: int) -> Pool:
        """Begin with real samples, and room for all rounds."""
        n_real = self.real_size or n_kept
        first = real_samples(key, real, n_real, self.exact)
        return make_buffer(first, n_kept * n_rounds)

    def mix(
        self, key: PRNGKeyArray, pool: Pool, kept: Data, real: Data
    ) -> tuple[Pool, Data]:
        """Add the kept samples; return everything."""
        pool = append(pool, kept)
        return pool, (pool.x, pool.weights)

    def law(
        self, kept: Float[np.ndarray, "t n"], real: Float[np.ndarray, " n"], n_kept: int
    ) -> Float[np.ndarray, " n"]:
        """Return the average of all laws so far, by their sample sizes."""
        n_real = self.real_size or n_kept
        total = n_real * real + n_kept * kept.sum(axis=0)
        return total / (n_real + n_kept * len(kept))
