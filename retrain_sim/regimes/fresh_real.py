"""New real samples in every round."""

from __future__ import annotations

import dataclasses
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Float, PRNGKeyArray

from retrain_sim.base import Data, Pool, component, filled, static
from retrain_sim.regimes.fixed_real import joined


@component
class FreshReal:
    """Train on new real samples beside the kept ones, each of weight one.

    The fresh data loop. Where the data kind is a law, its samples are new indeed;
    where it is a finite set, they are drawn from it with replacement.

    Args:
        n_fresh: new real samples each round, >= 1.
        source: the law; taken from the data.

    References:
        S. Alemohammad et al., "Self-Consuming Generative Models Go MAD", 2023, arXiv
        2307.01850.
    """

    n_fresh: int = static(default=100)
    source: Any = filled()

    def check(self):
        """Yield what is out of range."""
        if self.n_fresh < 1:
            yield "n_fresh", f"must be at least 1, got {self.n_fresh}"

    def prepare(self, kit) -> FreshReal:
        """Take the law from the data, if it is known."""
        return dataclasses.replace(self, source=kit.source)

    def on_atoms(self, x: Any) -> FreshReal:
        """Draw from the atoms' own weights, which are the law there."""
        return dataclasses.replace(self, source=None)

    def init(self, key: PRNGKeyArray, real: Data, n_kept: int, n_rounds: int) -> Pool:
        """Carry nothing."""
        return ()

    def mix(
        self, key: PRNGKeyArray, pool: Pool, kept: Data, real: Data
    ) -> tuple[Pool, Data]:
        """Return the kept samples, then new ones."""
        x, weights = real
        if self.source is not None:
            fresh = self.source.draw(key, self.n_fresh)
        else:
            p = weights / weights.sum()
            fresh = x[jax.random.choice(key, len(x), (self.n_fresh,), p=p)]
        return pool, joined(kept, (fresh, jnp.ones(self.n_fresh)))

    def law(
        self, kept: Float[np.ndarray, "t n"], real: Float[np.ndarray, " n"], n_kept: int
    ) -> Float[np.ndarray, " n"]:
        """Return the mixture by sample sizes."""
        total = self.n_fresh + n_kept
        return (self.n_fresh * real + n_kept * kept[-1]) / total
