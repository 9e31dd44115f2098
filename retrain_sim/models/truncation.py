"""Draws from the likeliest symbols only: temperature, top-k, nucleus; without sorting.

A symbol is allowed if fewer than k symbols are likelier, and those have less than the
mass top_p. Symbols of equal probability are allowed or refused together.
"""

from __future__ import annotations

import jax
import jax.numpy as jnp
from jaxtyping import Array, Bool, Float, Int, PRNGKeyArray

HIGHEST = 0x3F800000
"""The bits of 1.0: those of positive floats are ordered as the floats are."""


def allowed(
    law: Float[Array, "n v"],
    probability: Float[Array, " n"],
    top_k: int,
    top_p: Float[Array, ""] | float,
) -> Bool[Array, " n"]:
    """Tell whether a symbol of a given probability may be drawn from each law.

    Args:
        law: probabilities, rows sum to one.
        probability: one of each row's own, or any number in [0, 1].
        top_k: symbols, 0 is no limit.
        top_p: mass in (0, 1], 1 is no limit.

    Returns:
        One answer per row.

    Example:
        >>> law = jnp.array([[0.5, 0.3, 0.2]] * 3)
        >>> allowed(law, law[0], 0, 0.6).tolist()
        [True, True, False]
    """
    above = law > probability[:, None]
    mass = jnp.where(above, law, 0).sum(axis=1)
    answer = (mass < top_p) | (jnp.asarray(top_p) >= 1)
    return answer & (above.sum(axis=1) < top_k) if top_k else answer


def truncated(
    law: Float[Array, "n v"], top_k: int, top_p: Float[Array, ""] | float
) -> Float[Array, "n v"]:
    """Return the laws of the allowed symbols alone.

    The least allowed probability is found by bisection on the bits of a float, so
    exactly.

    Args:
        law: probabilities, rows sum to one.
        top_k: symbols, 0 is no limit.
        top_p: mass in (0, 1], 1 is no limit.

    Returns:
        Probabilities, rows sum to one.

    Example:
        >>> truncated(jnp.array([[0.5, 0.25, 0.25]]), 1, 1.0).tolist()
        [[1.0, 0.0, 0.0]]
    """

    def halve(_, ends: tuple[Array, Array]) -> tuple[Array, Array]:
        low, high = ends
        middle = (low + high) // 2
        probability = jax.lax.bitcast_convert_type(middle, jnp.float32)
        enough = allowed(law, probability, top_k, top_p)
        return jnp.where(enough, low, middle), jnp.where(enough, middle, high)

    rows = jnp.zeros(len(law), jnp.int32)
    _, least = jax.lax.fori_loop(0, 31, halve, (rows, rows + HIGHEST))
    least = jax.lax.bitcast_convert_type(least, jnp.float32)
    kept = jnp.where(law >= least[:, None], law, 0)
    return kept / kept.sum(axis=1, keepdims=True)


def draw_truncated(
    key: PRNGKeyArray,
    law: Float[Array, "n v"],
    top_k: int,
    top_p: Float[Array, ""] | float,
) -> Int[Array, " n"]:
    """Draw one symbol per row from the allowed ones.

    By rejection: draw from the whole law; a symbol that is not allowed shows that those
    below it are not, either, and all of them are left out of the next try. A try costs
    two passes over the laws where sorting costs dozens, and few are needed.

    Args:
        key: a PRNG key.
        law: probabilities, rows sum to one.
        top_k: symbols, 0 is no limit.
        top_p: mass in (0, 1], 1 is no limit.

    Returns:
        The symbols, int32.

    Example:
        >>> law = jnp.array([[0.6, 0.3, 0.1]] * 100)
        >>> set(draw_truncated(jax.random.key(0), law, 2, 1.0).tolist())
        {0, 1}
    """

    def attempt(state: tuple) -> tuple:
        key, pivot, symbol, done = state
        key, key_try = jax.random.split(key)
        tried = _draw(key_try, jnp.where(law > pivot[:, None], law, 0))
        reached = jnp.take_along_axis(law, tried[:, None], axis=1)[:, 0]
        # Negated, so that a law that is not finite ends the loop.
        good = ~(reached <= pivot) & allowed(law, reached, top_k, top_p)
        symbol = jnp.where(done, symbol, tried)
        pivot = jnp.where(done | good, pivot, jnp.maximum(pivot, reached))
        return key, pivot, symbol, done | good

    # Seen from the law, so that under vmap the state has its axes from the start.
    pivot = jnp.full_like(law[:, 0], -1.0)
    symbol = jnp.zeros_like(pivot, jnp.int32)
    state = (key, pivot, symbol, pivot > 0)
    return jax.lax.while_loop(lambda s: ~s[3].all(), attempt, state)[2]


def _draw(key: PRNGKeyArray, masses: Float[Array, "n v"]) -> Int[Array, " n"]:
    """Invert the cumulative sum in two steps: blocks, then symbols of one block."""
    n, v = masses.shape
    side = max(1, round(v**0.5))
    blocks = jnp.pad(masses, ((0, 0), (0, -v % side))).reshape(n, -1, side)
    key_block, key_symbol = jax.random.split(key)
    block = _invert(key_block, blocks.sum(axis=2))
    inside = jnp.take_along_axis(blocks, block[:, None, None], axis=1)[:, 0]
    return jnp.minimum(block * side + _invert(key_symbol, inside), v - 1)


def _invert(key: PRNGKeyArray, masses: Float[Array, "n b"]) -> Int[Array, " n"]:
    sums = jnp.cumsum(masses, axis=1)
    level = jax.random.uniform(key, (len(masses), 1)) * sums[:, -1:]
    index = (sums <= level).sum(axis=1)
    return jnp.minimum(index, masses.shape[1] - 1).astype(jnp.int32)
