"""Rows over devices: the candidates and mini-batches of one run, dealt out."""

from __future__ import annotations

import jax
from jax.sharding import PartitionSpec
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


def n_sharing() -> int:
    """Count the devices that share the run at hand.

    Example:
        >>> n_sharing()
        1
    """
    return dict(jax.sharding.get_abstract_mesh().shape).get(ROW, 1)
