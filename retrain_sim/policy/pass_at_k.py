"""Unbiased measures from rollouts: pass@k, also after a shift; distinct solutions."""

from __future__ import annotations

import jax
import jax.numpy as jnp
from jaxtyping import Array, Bool, Float, Int, PRNGKeyArray


def unbiased_pass_at_k(
    n_right: Float[Array, "*b"], n: int, k: int
) -> Float[Array, "*b"]:
    """Estimate the chance that one of k rollouts is right, from n of which c are.

        1 - C(n - c, k) / C(n, k),  as a product over i = n - c + 1 .. n of 1 - k / i

    Args:
        n_right: c of every prompt, whole numbers in [0, n].
        n: rollouts drawn.
        k: 1 <= k <= n, a Python int.

    Returns:
        Estimates in [0, 1]; their mean over draws is 1 - (1 - p)^k exactly.

    Raises:
        ValueError: If k is outside its range.

    References:
        M. Chen et al., "Evaluating Large Language Models Trained on Code", 2021, arXiv
        2107.03374, equation 1.

    Example:
        >>> unbiased_pass_at_k(jnp.array([0.0, 1.0, 4.0]), 4, 2).tolist()
        [0.0, 0.5, 1.0]
    """
    if not 1 <= k <= n:
        raise ValueError(f"k is {k}, allowed 1 .. n = {n}")
    i = jnp.arange(1, n + 1, dtype=jnp.float32)
    i = jnp.broadcast_to(i, (*n_right.shape, n))
    failed = jnp.where(i > n - n_right[..., None], 1 - k / i, 1.0)
    # Below i = k the factor is negative, but then that of i = k is there too: zero.
    return 1 - jnp.prod(failed, axis=-1)


def kept_solutions(
    key: PRNGKeyArray, solutions: Int[Array, "*b"], keep: float | Float[Array, ""]
) -> Bool[Array, "*b"]:
    """Decide which solutions still count after a shift, each with one chance for all.

    Args:
        key: a PRNG key: another key, another shift.
        solutions: numbers that identify them.
        keep: probability that a solution survives.

    Returns:
        Whether each is kept; equal solutions share their fate.

    Example:
        >>> kept = kept_solutions(jax.random.key(0), jnp.array([5, 9, 5]), 0.5)
        >>> bool(kept[0] == kept[2])
        True
    """

    def chance(solution: Array) -> Array:
        return jax.random.uniform(jax.random.fold_in(key, solution))

    flat = jax.vmap(chance)(solutions.ravel())
    return (flat < keep).reshape(solutions.shape)


def distinct_solutions(
    solutions: Int[Array, "*b n"], right: Bool[Array, "*b n"]
) -> Float[Array, "*b"]:
    """Count how many different right solutions there are among n rollouts.

    Args:
        solutions: numbers that identify them.
        right: whether each rollout is right.

    Returns:
        Counts; at most n.

    Example:
        >>> right = jnp.array([True, True, True, False])
        >>> distinct_solutions(jnp.array([3, 3, 4, 5]), right).item()
        2.0
    """
    same = (solutions[..., :, None] == solutions[..., None, :]) & right[..., None, :]
    earlier = jnp.tril(same, k=-1)
    fresh = right & ~earlier.any(axis=-1)
    return fresh.sum(axis=-1).astype(jnp.float32)
