"""Where runs are done: on which devices, how many of them by each, and at once."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import jax
import numpy as np
from jax.sharding import AxisType, Mesh, PartitionSpec

from retrain_sim import hosts
from retrain_sim.factorizations import factorizes, may_wait
from retrain_sim.lanes import lanes
from retrain_sim.one_run import PLAIN, Functions, state_bytes, whole_run
from retrain_sim.rows import ROW
from retrain_sim.scenario import Scenario


def devices_for(
    scenario: Scenario, n_runs: int, functions: Functions = PLAIN
) -> list[jax.Device]:
    """Choose the devices: all that have something to do, in every process."""
    found = jax.devices()
    if needs_one_device(scenario, n_runs, functions):
        found = list({d.process_index: d for d in reversed(found)}.values())[::-1]
    return found if hosts.many() else found[:n_runs]


def needs_one_device(
    scenario: Scenario, n_runs: int, functions: Functions = PLAIN
) -> bool:
    """Tell whether one device of a process must do all its runs.

    It must if rewards run on the host: on several CPU devices two callbacks that copy
    their arguments at once can wait for each other forever (jax 0.10). Little is lost,
    since Python runs one of them at a time. And it must if runs factorize matrices in
    batches, which can wait likewise (``retrain_sim.factorizations``).
    """
    if any(getattr(reward, "host", False) for reward in scenario.rewards):
        return True
    if not may_wait() or n_runs == 1:
        return False
    seed = jax.ShapeDtypeStruct((), "uint32")
    run = partial(whole_run, n_rounds=1, functions=functions)
    program = jax.make_jaxpr(run)(scenario, seed)
    together = lanes(state_bytes(scenario, 1, functions), n_runs, n_runs) > 1
    return factorizes(program, side_by_side=together)


def mesh_of(devices: list[jax.Device], n_runs: int) -> Mesh:
    """Lay the devices out: runs along one axis, the rows of a run along the other."""
    grid = np.array(devices).reshape(grid_of(len(devices), n_runs))
    return Mesh(grid, ("run", ROW), axis_types=(AxisType.Auto, AxisType.Auto))


def grid_of(n_devices: int, n_runs: int) -> tuple[int, int]:
    """Say how many runs are done side by side, and by how many devices each.

    Example:
        >>> grid_of(4, 100), grid_of(4, 2), grid_of(8, 3)
        ((4, 1), (2, 2), (4, 2))
    """
    share = max(n_devices // n_runs, 1)
    while n_devices % share:
        share -= 1
    return n_devices // share, share


def spread(one: Callable, mesh: Mesh, each: Callable, n_spread: int) -> Callable:
    """Map a function of one run over all runs, spread over the devices.

    Args:
        one: of leaves and seed, then ``n_spread`` per run, then bounds.
        mesh: of ``mesh_of``.
        each: maps a function over the runs of one device, such as ``jax.vmap``.
        n_spread: how many arguments there are for every run.

    Returns:
        The function of all runs.
    """

    def local(leaves: Any, seed: Any, *args: Any) -> Any:
        per_run, bounds = args[:n_spread], args[n_spread:]
        return each(lambda *xs: one(leaves, seed, *xs, *bounds))(*per_run)

    def mapped(leaves: Any, seed: Any, *args: Any) -> Any:
        here, runs = PartitionSpec(), PartitionSpec("run")
        n_bounds = len(args) - n_spread
        return jax.shard_map(
            local,
            mesh=mesh,
            in_specs=(here, here, *[runs] * n_spread, *[here] * n_bounds),
            out_specs=runs,
            # Callbacks need every axis here; rows are dealt out by the compiler.
            axis_names={"run"} if mesh.shape[ROW] > 1 else {"run", ROW},
            check_vma=False,
        )(leaves, seed, *args)

    return mapped
