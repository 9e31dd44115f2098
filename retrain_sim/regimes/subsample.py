"""Everything is kept, but every fit sees a sample of fixed size."""

from __future__ import annotations

import dataclasses

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Float, PRNGKeyArray

from retrain_sim.base import Data, Pool, component, static
from retrain_sim.regimes.accumulate import Accumulate
from retrain_sim.regimes.pools import append


@component
class AccumulateSubsample:
    """Train on a random part of the real data and of all samples kept so far.

    The part is drawn anew each round, without repeats: a fixed compute budget.

    Args:
        n_train: size of the part; 0 takes as many as are kept each round.
        real_size: as in ``accumulate``.

    References:
        J. Kazdan et al., "Collapse or Thrive?", 2024, arXiv 2410.16713.
    """

    n_train: int = static(default=0)
    real_size: int = static(default=0)
    exact: bool = static(default=False, metadata={"setting": False})

    @property
    def _all(self) -> Accumulate:
        return Accumulate(self.real_size, self.exact)

    def check(self):
        """Yield what is out of range."""
        yield from self._all.check()
        if self.n_train < 0:
            yield "n_train", f"must be at least 0, got {self.n_train}"

    def prepare(self, kit) -> AccumulateSubsample:
        """Count the real data."""
        ready = self._all.prepare(kit)
        return dataclasses.replace(self, real_size=ready.real_size, exact=ready.exact)

    def init(self, key: PRNGKeyArray, real: Data, n_kept: int, n_rounds: int) -> Pool:
        """Begin with real samples, and room for all rounds."""
        return self._all.init(key, real, n_kept, n_rounds)

    def mix(
        self, key: PRNGKeyArray, pool: Pool, kept: Data, real: Data
    ) -> tuple[Pool, Data]:
        """Add the kept samples; return a uniform part of everything."""
        pool = append(pool, kept)
        n = self.n_train or len(kept[0])
        lots = jax.random.uniform(key, pool.weights.shape)
        there = jnp.arange(len(lots)) < pool.filled
        _, index = jax.lax.top_k(jnp.where(there, lots, -1.0), min(n, len(lots)))
        return pool, (pool.x[index], pool.weights[index])

    def law(
        self, kept: Float[np.ndarray, "t n"], real: Float[np.ndarray, " n"], n_kept: int
    ) -> Float[np.ndarray, " n"]:
        """Return the average of all laws so far: a part has the law of the whole."""
        return self._all.law(kept, real, n_kept)
