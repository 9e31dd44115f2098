"""Mini-batches in slices: the same gradient from a fraction of the memory."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import jax
import jax.numpy as jnp
from jaxtyping import Array, Float

LARGEST, LEAST = 16, 8
"""Images of a slice: what the backward pass keeps of them stays in a core's cache."""

Error = Callable[[Any, Any], Float[Array, ""]]


def slice_rows(batch: int) -> int:
    """Choose the rows of a slice: the most that divide a batch, or all of them.

    Example:
        >>> slice_rows(64), slice_rows(100), slice_rows(37)
        (16, 10, 37)
    """
    fitting = [n for n in range(LEAST, LARGEST + 1) if batch % n == 0]
    return max(fitting, default=batch)


def mean_over_slices(
    error: Error, params: Any, examples: Any, rows: int
) -> Float[Array, ""]:
    """Average an error over a batch, some rows at a time; differentiable in ``params``.

    The gradient is made with the value, slice after slice, so that only one slice's
    intermediate results are kept.

    Args:
        error: ``(params, examples) -> scalar``, a mean over rows; no closure over what
            is traced.
        params: any pytree.
        examples: pytree of arrays ``[b, ...]``.
        rows: of a slice (static); divides b.

    Returns:
        ``error(params, examples)``, up to rounding.

    Example:
        >>> error = lambda center, x: jnp.mean((x - center) ** 2)
        >>> float(jax.grad(mean_over_slices, 1)(error, 0.0, jnp.arange(4.0), 2))
        -3.0
    """
    n = len(jax.tree.leaves(examples)[0]) // rows
    if n == 1:
        return error(params, examples)
    slices = jax.tree.map(lambda x: x.reshape(n, rows, *x.shape[1:]), examples)
    return _mean(error, params, slices)


@partial(jax.custom_vjp, nondiff_argnums=(0,))
def _mean(error: Error, params: Any, slices: Any) -> Float[Array, ""]:
    return jnp.mean(jax.lax.map(lambda one: error(params, one), slices))


def _forward(error: Error, params: Any, slices: Any) -> tuple[Array, Any]:
    """Return the value, and the gradient for the backward pass."""
    both = jax.value_and_grad(error)

    def add(total: Any, one: Any) -> tuple[Any, None]:
        return jax.tree.map(jnp.add, total, both(params, one)), None

    shapes = jax.eval_shape(both, params, jax.tree.map(lambda x: x[0], slices))
    nothing = jax.tree.map(lambda x: jnp.zeros(x.shape, x.dtype), shapes)
    total, _ = jax.lax.scan(add, nothing, slices)
    n = len(jax.tree.leaves(slices)[0])
    return jax.tree.map(lambda x: x / n, total)


def _backward(error: Error, gradient: Any, change: Array) -> tuple[Any, None]:
    return jax.tree.map(lambda g: change * g, gradient), None


_mean.defvjp(_forward, _backward)
