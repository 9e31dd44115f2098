"""Draws: with given weights, by inverting a cumulative sum; and their bias."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import jax
import jax.numpy as jnp
from jaxtyping import Array, Float, Int, PRNGKeyArray


def cumulative_weights(weights: Float[Array, "*b n"]) -> Float[Array, "*b n"]:
    """Sum weights up along the last axis, so that draws never hit a weight of zero.

    A parallel float32 sum is not monotone: between two rows it may rise by rounding
    where the weight is zero. Here such a row has exactly the value of its predecessor.

    Args:
        weights: >= 0.

    Returns:
        The cumulative sums, non-decreasing.

    Example:
        >>> cumulative_weights(jnp.array([0.0, 2.0, 0.0])).tolist()
        [0.0, 2.0, 2.0]
    """
    sums = jnp.where(weights > 0, jnp.cumsum(weights, axis=-1), 0)
    return jax.lax.cummax(sums, axis=sums.ndim - 1)


def weighted_index(
    key: PRNGKeyArray, cumulative: Float[Array, " n"], n_draws: int
) -> Int[Array, " n_draws"]:
    """Draw indices with probability proportional to weights, given their sums.

    A uniform draw is at most 1 - 2^-23, so that its product with the total stays below
    the total in float32: rows of weight zero are never drawn, not even the last.

    Args:
        key: a PRNG key.
        cumulative: from ``cumulative_weights``, the last one positive.
        n_draws: number of draws.

    Returns:
        The indices.

    Example:
        >>> import jax
        >>> cumulative = cumulative_weights(jnp.array([0.0, 2.0, 0.0]))
        >>> set(weighted_index(jax.random.key(0), cumulative, 100).tolist())
        {1}
    """
    uniform = jax.random.uniform(key, (n_draws,)) * cumulative[-1]
    return jnp.searchsorted(cumulative, uniform, side="right")


def bias_faults(sampling_bias: Any) -> Iterator[tuple[str, str]]:
    """Yield what is wrong with a ``sampling_bias``, as ``check`` does.

    Example:
        >>> list(bias_faults(0.5)), list(bias_faults(1.5))
        ([], [('sampling_bias', 'must be above 0 and at most 1, got 1.5')])
    """
    if not 0 < sampling_bias <= 1:
        message = f"must be above 0 and at most 1, got {sampling_bias}"
        yield "sampling_bias", message
