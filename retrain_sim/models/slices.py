"""Mini-batches in slices: the same gradient from a fraction of the memory."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import jax
import jax.numpy as jnp
from jaxtyping import Array, Float

from retrain_sim.rows import mean_by_rows

PIXELS, IMAGES = 4096, 16
"""Of a slice, at most: what the backward pass keeps of it stays in a core's cache."""

Error = Callable[[Any, Any], Float[Array, ""]]


def slice_rows(batch: int, pixels: int) -> int:
    """Choose the images of a slice: as many as fit and divide a batch, or all of them.

    Args:
        batch: images of one device.
        pixels: of an image.

    Example:
        >>> slice_rows(64, 1024), slice_rows(100, 64), slice_rows(37, 1024)
        (4, 10, 37)
    """
    most = min(max(PIXELS // pixels, 1), IMAGES)
    fitting = [n for n in range(most // 2 + 1, most + 1) if batch % n == 0]
    return max(fitting, default=batch)


def mean_over_slices(
    error: Error, params: Any, examples: Any, rows: int
) -> Float[Array, ""]:
    """Average an error over a batch, some rows at a time; differentiable in ``params``.

    The gradient is made with the value, slice after slice, so that only one slice's
    intermediate results are kept. Devices that share a run take their own rows.

    Args:
        error: ``(params, examples) -> scalar``, a mean over rows; no closure over what
            is traced.
        params: any pytree.
        examples: pytree of arrays ``[b, ...]``.
        rows: of a slice (static); divides b, and b / rows the devices that share them.

    Returns:
        ``error(params, examples)``, up to rounding.

    Example:
        >>> error = lambda center, x: jnp.mean((x - center) ** 2)
        >>> float(jax.grad(mean_over_slices, 1)(error, 0.0, jnp.arange(4.0), 2))
        -3.0
    """
    if len(jax.tree.leaves(examples)[0]) == rows:
        return error(params, examples)
    return _mean(error, rows, params, examples)


@partial(jax.custom_vjp, nondiff_argnums=(0, 1))
def _mean(error: Error, rows: int, params: Any, examples: Any) -> Float[Array, ""]:
    return _forward(error, rows, params, examples)[0]


def _forward(error: Error, rows: int, params: Any, examples: Any) -> tuple[Array, Any]:
    """Return the value, and the gradient for the backward pass."""
    own = partial(_mean_and_gradient, error, rows)
    return mean_by_rows(own)(params, examples)


def _mean_and_gradient(
    error: Error, rows: int, params: Any, examples: Any
) -> tuple[Array, Any]:
    """Add up slices, one after the other."""
    slices = jax.tree.map(lambda x: x.reshape(-1, rows, *x.shape[1:]), examples)
    both = jax.value_and_grad(error)

    def add(total: Any, one: Any) -> tuple[Any, None]:
        return jax.tree.map(jnp.add, total, both(params, one)), None

    shapes = jax.eval_shape(both, params, jax.tree.map(lambda x: x[0], slices))
    nothing = jax.tree.map(lambda x: jnp.zeros(x.shape, x.dtype), shapes)
    total, _ = jax.lax.scan(add, nothing, slices)
    n = len(jax.tree.leaves(slices)[0])
    return jax.tree.map(lambda x: x / n, total)


def _backward(
    error: Error, rows: int, gradient: Any, change: Array
) -> tuple[Any, None]:
    return jax.tree.map(lambda g: change * g, gradient), None


_mean.defvjp(_forward, _backward)
