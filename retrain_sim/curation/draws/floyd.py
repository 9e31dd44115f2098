"""Slates: which candidates are shown together."""

from __future__ import annotations

import jax
import jax.numpy as jnp
from jaxtyping import Array, Int, PRNGKeyArray

from retrain_sim.sampling import integers_below


def distinct_slates(
    key: PRNGKeyArray, n_slates: int, slate_size: int, n: int
) -> Int[Array, "n_slates k"]:
    """Draw independent slates, each a uniform set of K distinct candidates.

    Floyd's algorithm for all slates at once: O(n_slates K^2) work, no sort. Distinct
    candidates are what makes the one-round law exact on a finite pool; drawn with
    replacement the law is biased.

    Args:
        key: a PRNG key.
        n_slates: number of slates.
        slate_size: K, at most n.
        n: number of candidates.

    Returns:
        Indices into the candidates.

    References:
        R. W. Floyd, J. Bentley, "A sample of brilliance", CACM 30(9), 1987.

    Example:
        >>> import jax
        >>> slates = distinct_slates(jax.random.key(0), 100, 3, 3)
        >>> bool((slates.sort(axis=1) == jnp.arange(3)[None]).all())
        True
    """
    rows = jnp.arange(slate_size)
    tops = n - slate_size + rows
    draws = integers_below(key, (slate_size, n_slates), tops[:, None] + 1)

    # Slates last in memory: long inner loops.
    def fill(slates: Array, step: tuple[Array, Array, Array]) -> tuple[Array, None]:
        row, top, draw = step
        taken = ((slates == draw[None]) & (rows < row)[:, None]).any(axis=0)
        return slates.at[row].set(jnp.where(taken, top, draw)), None

    empty = jnp.zeros((slate_size, n_slates), draws.dtype)
    slates, _ = jax.lax.scan(fill, empty, (rows, tops, draws))
    return slates.T
