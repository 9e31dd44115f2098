"""What the networks on images share: attention between all places."""

from __future__ import annotations

from typing import Any

import jax
import jax.numpy as jnp
from flax import linen as nn
from jaxtyping import Array, Float


def self_attention(
    tokens: Float[Array, "n p c"], head: int, dtype: Any, start: Any
) -> Float[Array, "n p c"]:
    """Let every place look at all places; two dense layers of the calling module.

    Args:
        tokens: what is at the places.
        head: channels of a head; they divide c.
        dtype: of the arithmetic.
        start: the last layer's initializer.

    Returns:
        What was found.

    References:
        A. Vaswani et al., "Attention Is All You Need", NeurIPS 2017, arXiv 1706.03762.
    """
    n, places, channels = tokens.shape
    mixed = nn.Dense(3 * channels, dtype=dtype)(tokens)
    split = mixed.reshape(n, places, 3 * (channels // head), head)
    query, key, value = jnp.split(split, 3, axis=2)
    found = jax.nn.dot_product_attention(query, key, value)
    out = nn.Dense(channels, dtype=dtype, kernel_init=start)
    return out(found.reshape(tokens.shape))
