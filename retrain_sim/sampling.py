"""Draws: whole numbers; with given weights, by a cumulative sum; and their bias."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float, Int, PRNGKeyArray, UInt32

from retrain_sim.threefry import is_threefry, words


def integers_below(
    key: PRNGKeyArray, shape: tuple[int, ...], bounds: Int[Array, "..."]
) -> Int[Array, "..."]:
    """Draw whole numbers, uniform on ``0 .. bound - 1``, from 32 random bits each.

    The high word of bits x bound. A number's probability is off by less than 2^-32, a
    bias that ``jax.random.randint`` avoids by drawing twice as many bits; with 50 000
    candidates it is a relative 1e-5, far below what a run could show.

    Args:
        key: a PRNG key.
        shape: of the draws.
        bounds: 1 .. 2^31 - 1; broadcast to the shape.

    Returns:
        The draws, int32.

    Example:
        >>> import jax
        >>> draws = integers_below(jax.random.key(0), (1000,), jnp.array([3]))
        >>> sorted(set(draws.tolist()))
        [0, 1, 2]
    """
    bits, bounds = jax.random.bits(key, shape), bounds.astype(jnp.uint32)
    high, low = bits >> 16, bits & 0xFFFF
    bound_high, bound_low = bounds >> 16, bounds & 0xFFFF
    middle = high * bound_low + (low * bound_low >> 16)
    carry = low * bound_high + (middle & 0xFFFF)
    word = high * bound_high + (middle >> 16) + (carry >> 16)
    return word.astype(jnp.int32)


def standard_normal(key: PRNGKeyArray, shape: tuple[int, ...]) -> Float[Array, "*n"]:
    """Draw standard normal numbers: those of ``jax.random.normal``, made once.

    The compiler would make the library's anew for everything that reads them, such as
    every metric.

    Args:
        key: a PRNG key.
        shape: of the draws.

    Returns:
        The draws, float32.

    Example:
        >>> import jax
        >>> key = jax.random.key(0)
        >>> bool((standard_normal(key, (5,)) == jax.random.normal(key, (5,))).all())
        True
    """
    if not is_threefry(key):
        return jax.random.normal(key, shape)
    return words(jax.random.key_data(key), math.prod(shape), _normal).reshape(shape)


def standard_uniform(key: PRNGKeyArray, n: int) -> Float[Array, " n"]:
    """Draw numbers in [0, 1): those of ``jax.random.uniform``, made once.

    Args:
        key: a PRNG key.
        n: how many.

    Returns:
        The draws, float32.

    Example:
        >>> import jax
        >>> key = jax.random.key(0)
        >>> bool((standard_uniform(key, 5) == jax.random.uniform(key, (5,))).all())
        True
    """
    if not is_threefry(key):
        return jax.random.uniform(key, (n,))
    return words(jax.random.key_data(key), n, _uniform)


def _uniform(bits: UInt32[Array, " n"]) -> Float[Array, " n"]:
    """Turn random bits into numbers in [0, 1), as the library does."""
    return jax.lax.bitcast_convert_type(bits >> 9 | 0x3F800000, jnp.float32) - 1


def _normal(bits: UInt32[Array, " n"]) -> Float[Array, " n"]:
    """Turn random bits into normal numbers as the library does, by the inverse law."""
    low = np.nextafter(np.float32(-1), np.float32(0))
    uniform = jnp.maximum(low, _uniform(bits) * (1 - low) + low)
    return np.float32(math.sqrt(2)) * jax.lax.erf_inv(uniform)


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


FEW = 32
"""Outcomes up to which a comparison with each is faster than a binary search."""


def choice(
    key: PRNGKeyArray, probs: Float[Array, " n"], n_draws: int
) -> Int[Array, " n_draws"]:
    """Draw indices with given probabilities: those of ``jax.random.choice``.

    Args:
        key: a PRNG key.
        probs: >= 0; their sum counts as one.
        n_draws: number of draws.

    Returns:
        The indices, int32.

    Example:
        >>> import jax
        >>> key, probs = jax.random.key(0), jnp.array([0.2, 0.3, 0.5])
        >>> theirs = jax.random.choice(key, 3, (9,), p=probs)
        >>> bool((choice(key, probs, 9) == theirs).all())
        True
    """
    cumulative = jnp.cumsum(probs)
    uniform = cumulative[-1] * (1 - standard_uniform(key, n_draws))
    if len(probs) > FEW:
        return jnp.searchsorted(cumulative, uniform).astype(jnp.int32)
    beyond = cumulative[:-1, None] < uniform[None]  # draws last: long inner loops
    return beyond.sum(axis=0, dtype=jnp.int32)


def bias_faults(sampling_bias: Any) -> Iterator[tuple[str, str]]:
    """Yield what is wrong with a ``sampling_bias``, as ``check`` does.

    Example:
        >>> list(bias_faults(0.5)), list(bias_faults(1.5))
        ([], [('sampling_bias', 'must be above 0 and at most 1, got 1.5')])
    """
    if not 0 < sampling_bias <= 1:
        message = f"must be above 0 and at most 1, got {sampling_bias}"
        yield "sampling_bias", message
