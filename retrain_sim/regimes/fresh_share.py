"""Fresh real samples, and a share of kept ones: the dose is chosen."""

from __future__ import annotations

import dataclasses
from typing import Any

import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float, PRNGKeyArray

from retrain_sim.base import Data, Pool, component, filled, static
from retrain_sim.regimes.fresh_real import FreshReal


@component
class FreshShare:
    """Train on new real samples and a share of kept ones, whatever their numbers.

    As ``fresh-real``, but with weights: a share w of the whole training weight, which
    is n_fresh + n_kept, goes to the kept samples. ``fresh-real`` has
    w = n_kept / (n_fresh + n_kept).

    Args:
        n_fresh: new real samples each round, >= 1.
        synthetic_share: w in [0, 1].
        source: the law; taken from the data.
    """

    n_fresh: int = static(default=100)
    synthetic_share: float = 0.5
    source: Any = filled()

    def check(self):
        """Yield what is out of range."""
        yield from FreshReal(self.n_fresh).check()
        if not 0 <= self.synthetic_share <= 1:
            where = f"must be between 0 and 1, got {self.synthetic_share}"
            yield "synthetic_share", where

    def prepare(self, kit) -> FreshShare:
        """Take the law from the data, if it is known."""
        return dataclasses.replace(self, source=kit.source)

    def on_atoms(self, x: Any) -> FreshShare:
        """Draw from the atoms' own weights, which are the law there."""
        return dataclasses.replace(self, source=None)

    def init(self, key: PRNGKeyArray, real: Data, n_kept: int, n_rounds: int) -> Pool:
        """Carry nothing."""
        return ()

    def mix(
        self, key: PRNGKeyArray, pool: Pool, kept: Data, real: Data
    ) -> tuple[Pool, Data]:
        """Return the kept samples, then new ones."""
        _, both = FreshReal(self.n_fresh, self.source).mix(key, (), kept, real)
        return pool, dosed(both, len(kept[0]), self.synthetic_share)

    def law(
        self, kept: Float[np.ndarray, "t n"], real: Float[np.ndarray, " n"], n_kept: int
    ) -> Float[np.ndarray, " n"]:
        """Return w p_kept + (1 - w) p_real."""
        share = float(self.synthetic_share)
        return share * kept[-1] + (1 - share) * real


def dosed(both: Data, n_kept: int, share: float | Array) -> Data:
    """Give the first ``n_kept`` rows a share of the total weight, the rest the rest."""
    x, weights = both
    kept, fresh = weights[:n_kept], weights[n_kept:]
    total = weights.sum()
    kept = share * total * kept / kept.sum()
    return x, jnp.concatenate([kept, (1 - share) * total * fresh / fresh.sum()])
