"""The network of the language model: a GPT-2-style decoder with its own memory."""

from __future__ import annotations

from typing import Any

import jax
import jax.numpy as jnp
from flax import linen as nn
from jaxtyping import Array, Float, Int

Memory = list[tuple[Array, Array]]
"""Per layer, the keys and the values of the positions read: [n, heads, length, e]."""

SPREAD = nn.initializers.normal(0.02)


class Block(nn.Module):
    """Causal attention, then a GELU layer four times as wide; norms come first.

    Args:
        heads: of attention; they divide the width.
        dtype: of the matrix products.
    """

    heads: int
    dtype: Any

    @nn.compact
    def __call__(
        self, x: Float[Array, "n t d"], memory: tuple[Array, Array] | None, at: Any
    ) -> tuple[Float[Array, "n t d"], tuple[Array, Array]]:
        """Read positions ``at .. at + t - 1``; return them and the memory."""
        n, t, d = x.shape
        read = self._dense("qkv", 3 * d)(self._norm("before", x))
        split = read.reshape(n, t, 3, self.heads, d // self.heads)
        queries, keys, values = split.transpose(2, 0, 3, 1, 4)
        if memory is not None:
            keys, values = (
                jax.lax.dynamic_update_slice_in_dim(old, new, at, axis=2)
                for old, new in zip(memory, (keys, values), strict=True)
            )
        mixed = attention(queries, keys, values, at)
        mixed = mixed.transpose(0, 2, 1, 3).reshape(n, t, d)
        x = x + self._dense("out", d)(mixed)
        hidden = self._dense("up", 4 * d)(self._norm("between", x))
        x = x + self._dense("down", d)(nn.gelu(hidden))
        return x, (keys, values)

    def _dense(self, name: str, width: int) -> nn.Dense:
        return nn.Dense(width, dtype=self.dtype, kernel_init=SPREAD, name=name)

    def _norm(self, name: str, x: Array) -> Array:
        return nn.LayerNorm(dtype=self.dtype, name=name)(x)


def attention(
    queries: Float[Array, "n h t e"],
    keys: Float[Array, "n h s e"],
    values: Float[Array, "n h s e"],
    at: Int[Array, ""] | int,
) -> Float[Array, "n h t e"]:
    """Let the query of position ``at + i`` see positions ``0 .. at + i``.

    Example:
        >>> one = jnp.ones((1, 1, 2, 1))
        >>> values = jnp.array([2.0, 4.0]).reshape(1, 1, 2, 1)
        >>> attention(one, one, values, 0)[0, 0, :, 0].tolist()
        [2.0, 3.0]
    """
    t, s = queries.shape[2], keys.shape[2]
    scores = jnp.einsum("nhte,nhse->nhts", queries, keys) / queries.shape[3] ** 0.5
    seen = jnp.arange(s)[None] <= at + jnp.arange(t)[:, None]
    scores = jnp.where(seen[None, None], scores.astype(jnp.float32), -1e30)
    law = jax.nn.softmax(scores).astype(values.dtype)
    return jnp.einsum("nhts,nhse->nhte", law, values)


class Decoder(nn.Module):
    """Learned places, blocks, and logits by the embedding itself, as in GPT-2.

    Args:
        n_symbols: that can come next; one more symbol stands before the first.
        length: positions.
        layers: blocks.
        heads: of attention.
        width: d, a multiple of ``heads``.
        dtype: of the matrix products; logits and parameters are float32.

    References:
        A. Radford et al., "Language Models are Unsupervised Multitask Learners", 2019.
    """

    n_symbols: int
    length: int
    layers: int
    heads: int
    width: int
    dtype: Any = jnp.float32

    @nn.compact
    def __call__(
        self, read: Int[Array, "n t"], memory: Memory | None = None, at: Any = 0
    ) -> tuple[Float[Array, "n t v"], Memory]:
        """Read symbols at positions ``at ..``; return logits of the next ones."""
        shape = (self.n_symbols + 1, self.width)
        token = self.param("token", SPREAD, shape)
        place = self.param("place", SPREAD, (self.length, self.width))
        here = jax.lax.dynamic_slice_in_dim(place, at, read.shape[1])
        x = (token[read] + here[None]).astype(self.dtype)
        written = []
        for i in range(self.layers):
            block = Block(self.heads, self.dtype, name=f"block_{i}")
            x, pair = block(x, None if memory is None else memory[i], at)
            written.append(pair)
        x = nn.LayerNorm(dtype=self.dtype, name="last")(x)
        known = token[: self.n_symbols].astype(self.dtype)
        logits = jnp.einsum("ntd,vd->ntv", x, known, preferred_element_type=jnp.float32)
        return logits, written

    def empty(self, n: int) -> Memory:
        """Make a memory for n sequences that has read nothing."""
        shape = (n, self.heads, self.length, self.width // self.heads)
        blank = jnp.zeros(shape, self.dtype)
        return [(blank, blank) for _ in range(self.layers)]
