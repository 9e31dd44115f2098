"""Counts of letters after their context: the smallest language model."""

from __future__ import annotations

import dataclasses

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Bool, Float, Int, PRNGKeyArray

from retrain_sim.base import component, static
from retrain_sim.models.sequences import letters_of, reached
from retrain_sim.ranges import at_least

MOST_PARAMETERS = 4_000_000


@component
class NGram:
    """p(letter | the order - 1 letters before it), by smoothed weighted counts.

    Sequences are ``[n, length]`` int32. -1 is past the end: where the data have it, the
    end is one more symbol that is learned and drawn, and only the end follows it. What
    is before the first letter is a symbol of its own, so that a sequence's first
    letters have their own law. A context that the data lack gets the uniform law. With
    alpha = 0 a transition that dies out stays dead, unless its context is lost first.

    Args:
        order: n >= 1; 1 is independent letters, 2 a Markov chain.
        alpha: added to every count, >= 0; 0 is maximum likelihood.
        size: number of letters; taken from the data.
        length: letters of a sequence; taken from the data.
        ends: whether sequences may end early; taken from the data.

    References:
        C. E. Shannon, "A Mathematical Theory of Communication", Bell System Technical
        Journal 27, 1948; additive smoothing is Laplace's.
    """

    order: int = static(default=2)
    alpha: float = 0.0
    size: int = static(default=0, metadata={"setting": False})
    length: int = static(default=0, metadata={"setting": False})
    ends: bool = static(default=False, metadata={"setting": False})

    def check(self):
        """Yield what is out of range."""
        yield from at_least(self, order=1, alpha=0)

    def prepare(self, kit) -> NGram:
        """Take the letters and the length from the data."""
        kit.need("sequences", "model.kind", "n-gram")
        letters = letters_of(kit)
        size = letters["size"]
        if (size + 2) ** self.order > MOST_PARAMETERS:
            most = int(np.log(MOST_PARAMETERS) / np.log(size + 2))
            found = f"is {self.order}, with {size} letters at most {most}"
            kit.fail("model.order", found)
        return dataclasses.replace(self, **letters)

    @property
    def n_symbols(self) -> int:
        """Letters, and the end if there is one."""
        return self.size + self.ends

    def _read(
        self, x: Int[Array, "n length"]
    ) -> tuple[Int[Array, "n length"], Int[Array, "n length"], Bool[Array, "n length"]]:
        """Return context and symbol at every position, and whether it is reached."""
        base = self.n_symbols + 1
        symbol = jnp.where(x < 0, self.size, x)
        before = jnp.full((len(x), self.order - 1), self.n_symbols, x.dtype)
        padded = jnp.concatenate([before, symbol], axis=1)
        context = jnp.zeros_like(x)
        for back in range(self.order - 1):
            context = base * context + padded[:, back : back + self.length]
        return context, symbol, reached(x)

    def init(
        self,
        key: PRNGKeyArray,
        data: Int[Array, "n length"],
        weights: Float[Array, " n"],
    ) -> Float[Array, "contexts symbols"]:
        """Fit p_0: smoothed counts of the real sequences."""
        return self.fit(key, None, data, weights)

    def fit(
        self, key: PRNGKeyArray, params, data: Int[Array, "n length"], weights
    ) -> Float[Array, "contexts symbols"]:
        """Return the law of the next symbol, one row per context."""
        context, symbol, used = self._read(data)
        n_contexts = (self.n_symbols + 1) ** (self.order - 1)
        counts = jnp.full((n_contexts, self.n_symbols), self.alpha, weights.dtype)
        counts = counts.at[context, symbol].add(weights[:, None] * used)
        total = counts.sum(axis=1, keepdims=True)
        law = counts / jnp.where(total > 0, total, 1)
        return jnp.where(total > 0, law, 1 / self.n_symbols)

    def sample(
        self, key: PRNGKeyArray, params: Float[Array, "contexts symbols"], n: int
    ) -> Int[Array, "n length"]:
        """Draw n sequences, letter by letter."""
        log_law = jnp.log(params)

        def step(state: tuple[Array, Array], key: PRNGKeyArray):
            context, ended = state
            symbol = jax.random.categorical(key, log_law[context])
            symbol = jnp.where(ended, self.size, symbol)
            after = (context * (self.n_symbols + 1) + symbol) % len(params)
            return (after, symbol == self.size), symbol

        start = jnp.full(n, len(params) - 1), jnp.zeros(n, bool)
        keys = jax.random.split(key, self.length)
        symbols = jax.lax.scan(step, start, keys)[1].T
        return jnp.where(symbols == self.size, -1, symbols).astype(jnp.int32)

    def log_prob(
        self, params: Float[Array, "contexts symbols"], x: Int[Array, "n length"]
    ) -> Float[Array, " n"]:
        """Return the log probability of every sequence, in nats; -inf if impossible."""
        context, symbol, used = self._read(x)
        return jnp.where(used, jnp.log(params)[context, symbol], 0).sum(axis=1)
