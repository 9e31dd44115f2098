"""Compile one function for many settings, spread over the local devices."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import jax
from jax.sharding import AxisType, PartitionSpec


def over_devices(one: Callable, *batch: Any) -> Callable[[], Any]:
    """Compile ``one`` for every row of the batch: in turn, on all devices.

    Args:
        one: a traceable function of one row of each array.
        batch: arrays or pytrees with a leading axis, a multiple of the devices.

    Returns:
        A function without arguments that computes all rows and waits for them.
    """
    mesh = jax.make_mesh(
        (jax.local_device_count(),), ("setting",), axis_types=(AxisType.Auto,)
    )
    rows = PartitionSpec("setting")

    def in_turn(*local: Any) -> Any:
        return jax.lax.map(lambda row: one(*row), local)

    mapped = jax.shard_map(
        in_turn, mesh=mesh, in_specs=rows, out_specs=rows, check_vma=False
    )
    compiled = jax.jit(mapped).lower(*batch).compile()
    placed = jax.device_put(batch, jax.NamedSharding(mesh, rows))
    return lambda: jax.block_until_ready(compiled(*placed))
