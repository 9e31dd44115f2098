"""Lanes: how many runs a CPU device takes at once, side by side in one array."""

from __future__ import annotations

from collections.abc import Callable

import jax

MANY_RUNS, SMALL_STATE = 200, 2**16
"""Several at once only from so many runs on, with less state (bytes) each."""

CACHE, LEAST_LANES, MOST_LANES = 2**18, 8, 512
"""Bytes of state that are taken at once, in how few and how many runs."""


def lanes(state_bytes: int, n_runs: int, share: int) -> int:
    """Choose how many of its runs a CPU takes at once: a few, if small and very many.

    Small arrays are slow one by one, as long as all of them stay in the cache; but the
    mapped program takes longer to compile, and large arrays gain nothing.

    Args:
        state_bytes: what one run carries from round to round.
        n_runs: of all devices.
        share: runs of one device.

    Returns:
        Runs at once, so that no row of them is nearly empty; 1 is one by one.

    Example:
        >>> lanes(1000, 1000, 500), lanes(1000, 100, 50), lanes(10**6, 1000, 500)
        (250, 1, 1)
    """
    if state_bytes >= SMALL_STATE or n_runs < MANY_RUNS:
        return 1
    most = min(share, MOST_LANES, max(LEAST_LANES, CACHE // max(state_bytes, 1)))
    return -(-share // -(-share // most))


def in_turn(one: Callable, at_once: int) -> Callable:
    """Map a function over the leading axes of its arguments, some rows at once.

    Example:
        >>> import jax.numpy as jnp
        >>> in_turn(lambda x, y: x * y, 2)(jnp.arange(4), jnp.arange(4)).tolist()
        [0, 1, 4, 9]
    """
    size = at_once if at_once > 1 else None
    return lambda *rows: jax.lax.map(lambda row: one(*row), rows, batch_size=size)
