"""Drawing from a decoder: one symbol after the other, with a key-value memory."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import jax
import jax.numpy as jnp
from jaxtyping import Array, Bool, Float, Int, PRNGKeyArray

from retrain_sim.base import Params
from retrain_sim.models.decoder import Decoder

Draw = Callable[[PRNGKeyArray, Float[Array, "n v"]], Int[Array, " n"]]
"""Takes a key and logits; draws one symbol per row."""


def generate(
    key: PRNGKeyArray, network: Decoder, params: Params, n: int, ends: bool, draw: Draw
) -> Int[Array, "n length"]:
    """Draw rows of symbols; stop when all have ended.

    Args:
        key: a PRNG key; position i draws from ``fold_in(key, i)``.
        network: the decoder.
        params: its parameters.
        n: rows.
        ends: whether the last symbol is the end.
        draw: how a symbol is drawn from logits.

    Returns:
        The symbols; -1 at the end and after it.
    """
    end = network.n_symbols - 1 if ends else -1

    def unfinished(state: tuple) -> Bool[Array, ""]:
        at, _, symbol, _ = state
        return (at < network.length) & ~(symbol == end).all()

    def step(state: tuple) -> tuple:
        at, x, symbol, memory = state
        read: Any = network.apply(params, symbol[:, None], memory, at)
        logits, memory = read
        drawn = draw(jax.random.fold_in(key, at), logits[:, 0])
        drawn = jnp.where(symbol == end, end, drawn)
        letter = jnp.where(drawn == end, -1, drawn)
        x = jax.lax.dynamic_update_slice_in_dim(x, letter[:, None], at, axis=1)
        return at + 1, x, drawn, memory

    first = jnp.full(n, network.n_symbols, jnp.int32)
    x = jnp.full((n, network.length), -1, jnp.int32)
    state = (jnp.int32(0), x, first, network.empty(n))
    return jax.lax.while_loop(unfinished, step, state)[1]
