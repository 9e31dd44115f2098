"""A pool of real samples and survivors, curated anew for every training set."""

from __future__ import annotations

import dataclasses
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float, Int, PRNGKeyArray

from retrain_sim.base import Data, Pool, View, component, filled, static
from retrain_sim.regimes.pools import append, make_buffer, real_samples, real_size
from retrain_sim.rewards.table import Table


@component
class CuratedPool:
    """Train on what the rule keeps of a growing pool: real samples and survivors.

    Samples kept of the model's own join the pool, for ever; of the whole pool the same
    rule then keeps as many again, and these are the training set. Every text of the
    pool is a candidate as often as every other, give or take one.

    Args:
        real_size: real samples to begin with; 0 takes all there are, and of a known
            law as many as are kept each round.
        curator: the rule; taken from the scenario.
        rewards: that it judges by; taken from the scenario.

    References:
        Falahati et al., ICML 2026, arXiv 2605.07724, the experiment on text lengths;
        the first survivors here are those of p_0.
    """

    real_size: int = static(default=0)
    exact: bool = static(default=False, metadata={"setting": False})
    curator: Any = filled()
    rewards: Any = filled()

    def check(self):
        """Yield what is out of range."""
        if self.real_size < 0:
            yield "real_size", f"must be at least 0, got {self.real_size}"

    def prepare(self, kit) -> CuratedPool:
        """Count the real data."""
        size, exact = real_size(self.real_size, kit, "regime.real_size")
        return dataclasses.replace(self, real_size=size, exact=exact)

    def judged_by(self, curator: Any, rewards: tuple) -> CuratedPool:
        """Take over the scenario's rule and rewards."""
        return dataclasses.replace(self, curator=curator, rewards=rewards)

    def init(self, key: PRNGKeyArray, real: Data, n_kept: int, n_rounds: int) -> Pool:
        """Begin with real samples, and room for all rounds."""
        first = real_samples(key, real, self.real_size or n_kept, self.exact)
        return make_buffer(first, n_kept * n_rounds)

    def mix(
        self, key: PRNGKeyArray, pool: Pool, kept: Data, real: Data
    ) -> tuple[Pool, Data]:
        """Add the survivors; return what the rule keeps of the pool."""
        key_order, key_select = jax.random.split(key)
        pool = append(pool, kept)
        at = _evenly(key_order, pool.filled, len(pool.x))
        x = pool.x[at]
        view = View(x, jnp.ones(len(x)), self._scores(x), jnp.zeros(len(x), int))
        chosen = at[self.curator.select(key_select, view, None).index]
        return pool, (pool.x[chosen], pool.weights[chosen])

    def on_atoms(self, x: Array) -> CuratedAtoms:
        """Look the rewards up, where samples are indices of atoms."""
        tables = tuple(
            dataclasses.replace(Table(()), values=scores)
            for scores in np.asarray(self._scores(x), np.float32)
        )
        return CuratedAtoms(dataclasses.replace(self, rewards=tables))

    def _scores(self, x: Array) -> Float[Array, "m n"]:
        return jnp.stack([reward(x) for reward in self.rewards])


@component
class CuratedAtoms:
    """The same regime of samples that are indices of atoms: there its law is known.

    Args:
        pool: the regime, with rewards that are tables.
    """

    pool: CuratedPool

    def init(self, key: PRNGKeyArray, real: Data, n_kept: int, n_rounds: int) -> Pool:
        """Begin as the regime does."""
        return self.pool.init(key, real, n_kept, n_rounds)

    def mix(
        self, key: PRNGKeyArray, pool: Pool, kept: Data, real: Data
    ) -> tuple[Pool, Data]:
        """Mix as the regime does."""
        return self.pool.mix(key, pool, kept, real)

    def law(
        self, kept: Float[np.ndarray, "t n"], real: Float[np.ndarray, " n"], n_kept: int
    ) -> Float[np.ndarray, " n"]:
        """Return the law of what the rule keeps of the pool."""
        n_real = self.pool.real_size or n_kept
        whole = n_real * real + n_kept * kept.sum(axis=0)
        whole = whole / whole.sum()
        at = jnp.arange(len(real))
        view = View(at, jnp.ones(len(at)), self.pool._scores(at), at)
        curated = whole * self.pool.curator.multiplier(view, whole)
        return curated / curated.sum()


def _evenly(key: PRNGKeyArray, filled: Int[Array, ""], n: int) -> Int[Array, " n"]:
    """Return n places of the filled ones, each as often as any other, or once more."""
    lots = jax.random.uniform(key, (n,)) + (jnp.arange(n) >= filled)
    return jnp.argsort(lots)[jnp.arange(n) % filled]
