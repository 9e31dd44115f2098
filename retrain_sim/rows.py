"""Rows over devices: the candidates and mini-batches of one run, dealt out."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import jax
from jax.sharding import AxisType, PartitionSpec
from jaxtyping import Array

ROW = "row"
"""The axis of the mesh along which a single run is split, where there is one."""


def deal(x: Array) -> Array:
    """Deal the rows of an array to the devices that share a run, if several do.

    The compiler then deals out what the rows come from and what is made of them. It
    changes where numbers are, and the order of sums over rows, nothing else. Rows
    whose number the devices do not divide stay where they are.

    Args:
        x: candidates or a mini-batch, ``[n, ...]``.

    Returns:
        The same array.

    Example:
        >>> import jax.numpy as jnp
        >>> deal(jnp.arange(3)).tolist()
        [0, 1, 2]
    """
    if n_sharing() == 1 or x.shape[0] % n_sharing():
        return x
    return jax.lax.with_sharding_constraint(x, PartitionSpec(ROW))


def by_rows(function: Callable[[Array], Array]) -> Callable[[Array], Array]:
    """Let each device that shares a run apply a function to its own rows.

    Args:
        function: ``[m, ...] -> [m, ...]``, row by row.

    Returns:
        The same function, of rows whose number the devices divide.

    Raises:
        ValueError: they do not (when the function is called).

    Example:
        >>> import jax.numpy as jnp
        >>> by_rows(lambda x: 2 * x)(jnp.arange(2)).tolist()
        [0, 2]
    """
    if n_sharing() == 1:
        return function
    rows = PartitionSpec(ROW)
    return jax.shard_map(
        function, in_specs=rows, out_specs=rows, axis_names={ROW}, check_vma=False
    )


def mean_by_rows(function: Callable[[Any, Any], Any]) -> Callable[[Any, Any], Any]:
    """Let each device that shares a run average over its own rows, and all of them.

    Args:
        function: of what is the same everywhere, and of rows; returns means over rows,
            any pytree of arrays.

    Returns:
        The same function, of rows whose number the devices divide, up to rounding.

    Raises:
        ValueError: they do not (when the function is called).

    Example:
        >>> import jax.numpy as jnp
        >>> float(mean_by_rows(lambda a, x: a * x.mean())(2.0, jnp.arange(4.0)))
        3.0
    """
    if n_sharing() == 1:
        return function
    return jax.shard_map(
        lambda same, rows: jax.lax.pmean(function(same, rows), ROW),
        in_specs=(PartitionSpec(), PartitionSpec(ROW)),
        out_specs=PartitionSpec(),
        axis_names={ROW},
        check_vma=False,
    )


def all_sharing(n_rows: int) -> Any:
    """Let the devices of this process share what is traced and run meanwhile.

    Args:
        n_rows: of a mini-batch, or to be drawn; as many devices take part as divide it.

    Returns:
        A context.

    Example:
        >>> with all_sharing(7 * jax.local_device_count()):
        ...     n_sharing() == jax.local_device_count()
        True
    """
    devices = jax.local_devices()
    n = max(n for n in range(1, len(devices) + 1) if n_rows % n == 0)
    mesh = jax.make_mesh((n,), (ROW,), (AxisType.Auto,), devices=devices[:n])
    return jax.set_mesh(mesh)


def n_sharing() -> int:
    """Count the devices that share the run at hand.

    Example:
        >>> n_sharing()
        1
    """
    return dict(jax.sharding.get_abstract_mesh().shape).get(ROW, 1)
