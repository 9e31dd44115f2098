"""Threefry keys that hash in one kernel: the library's numbers, several times faster.

On a CPU the library compiles its hash as a loop of many small kernels, which takes most
of the time of small draws and half of the time of large ones. Here all twenty rounds
are written out; every number is the same, bit for bit.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from jax.extend.random import define_prng_impl, threefry_prng_impl
from jaxtyping import Array, PRNGKeyArray, UInt32

ROTATIONS = ((13, 15, 26, 6), (17, 29, 16, 24))
PARITY = np.uint32(0x1BD11BDA)
FEW = 16
"""Keys split off up to which each is put together on its own."""
LIBRARY: Any = threefry_prng_impl
"""What is not hot, or not of 32 bits, is left to the library."""


def make_key(seed: int | Array) -> PRNGKeyArray:
    """Make a key of a seed; ``jax.random`` takes it like any other.

    Args:
        seed: an integer in [0, 2^32), may be traced.

    Returns:
        The key; what is drawn with it is what ``jax.random.key(seed)`` draws.

    Example:
        >>> ours, theirs = make_key(3), jax.random.key(3)
        >>> float(jax.random.normal(ours)) == float(jax.random.normal(theirs))
        True
    """
    return jax.random.key(seed, impl=FUSED)


def is_threefry(key: PRNGKeyArray) -> bool:
    """Tell whether a key is of this generator, the library's or the one here.

    Example:
        >>> is_threefry(make_key(0)), is_threefry(jax.random.key(0, impl="rbg"))
        (True, False)
    """
    return str(jax.random.key_impl(key)) in {"threefry2x32", str(FUSED)}


def words(
    key: UInt32[Array, "2"],
    n: int,
    finish: Callable[[UInt32[Array, " h"]], Array] = lambda word: word,
) -> Array:
    """Make n numbers, each from a word of random bits: once, whoever reads them.

    The compiler may fuse cheap operations into everything that reads their result, and
    so repeat twenty rounds of a hash for every reader; on a CPU no barrier hinders it.
    It does not fuse into loops, so that there the numbers are made in a loop of two.

    Args:
        key: the two words of a key.
        n: how many numbers.
        finish: what to make of a word, elementwise; traceable.

    Returns:
        The numbers ``[n]``; the words are those of ``jax.random.bits(key, (n,))``.

    Example:
        >>> key = jax.random.key(0)
        >>> ours = words(jax.random.key_data(key), 3)
        >>> bool((ours == jax.random.bits(key, (3,))).all())
        True
    """
    pair = key[0], key[1]

    def make(first: Array, n: int) -> Array:
        places = jax.lax.iota(jnp.uint32, n) + first.astype(jnp.uint32)
        high, low = _threefry(pair, jnp.uint32(0), places)
        return finish(high ^ low)

    if jax.default_backend() != "cpu" or n < 2:
        return make(jnp.uint32(0), n)
    half = -(-n // 2)

    def fill(i: Array, made: Array) -> Array:
        return jax.lax.dynamic_update_slice(made, make(i * half, half), (i * half,))

    kind = jax.eval_shape(finish, jax.ShapeDtypeStruct((half,), jnp.uint32)).dtype
    return jax.lax.fori_loop(0, 2, fill, jnp.zeros(2 * half, kind))[:n]


def _threefry(
    key: tuple[UInt32[Array, ""], UInt32[Array, ""]],
    high: UInt32[Array, ""],
    low: UInt32[Array, "*n"],
) -> tuple[UInt32[Array, "*n"], UInt32[Array, "*n"]]:
    """Hash counters of two words with a key: Threefry-2x32, twenty rounds.

    J. K. Salmon, M. A. Moraes, R. O. Dror, D. E. Shaw, "Parallel random numbers: as
    easy as 1, 2, 3", SC 2011.
    """
    keys = (key[0], key[1], key[0] ^ key[1] ^ PARITY)
    x, y = high + keys[0], low + keys[1]
    for i in range(5):
        for turn in ROTATIONS[i % 2]:
            x = x + y
            y = x ^ (y << np.uint32(turn) | y >> np.uint32(32 - turn))
        x = x + keys[(i + 1) % 3]
        y = y + keys[(i + 2) % 3] + np.uint32(i + 1)
    return x, y


def _split(key: UInt32[Array, "2"], shape: tuple[int, ...]) -> UInt32[Array, "*n 2"]:
    places = jax.lax.iota(jnp.uint32, math.prod(shape))
    return _pairs(key, jnp.uint32(0), places).reshape(*shape, 2)


def _fold_in(key: UInt32[Array, "2"], data: int | Array) -> UInt32[Array, "2"]:
    high, low = LIBRARY.seed(jnp.asarray(data, jnp.uint32))
    return _pairs(key, high, low[None])[0]


def _pairs(
    key: UInt32[Array, "2"], high: UInt32[Array, ""], low: UInt32[Array, " n"]
) -> UInt32[Array, "n 2"]:
    """Hash to pairs of words, along a last axis."""
    pair = key[0], key[1]
    if 0 < len(low) <= FEW:
        # Stacked one by one, words come apart again where a single key is read, and
        # runs side by side are hashed side by side.
        x, y = _threefry(pair, high, low)
        return jnp.stack([jnp.stack([x[i], y[i]]) for i in range(len(low))])
    # Both words at both places: stacked, they would be hashed one number at a time.
    both = jnp.broadcast_to(low[:, None], (len(low), 2))
    x, y = _threefry(pair, high, both)
    place = jax.lax.broadcasted_iota(jnp.uint32, both.shape, 1)
    return jnp.where(place == 0, x, y)


def _random_bits(key: UInt32[Array, "2"], width: int, shape: tuple[int, ...]) -> Array:
    if width != 32 or math.prod(shape) >= 2**31:
        return LIBRARY.random_bits(key, width, shape)
    return words(key, math.prod(shape)).reshape(shape)


FUSED = define_prng_impl(
    key_shape=(2,),
    seed=LIBRARY.seed,
    split=_split,
    random_bits=_random_bits,
    fold_in=_fold_in,
    name="threefry2x32-fused",
    tag="fused",
)
"""The generator, for ``jax.random.key(seed, impl=FUSED)``."""
