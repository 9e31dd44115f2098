"""One compiled program for a batch of runs: whole runs, from p_0 to p_T.

Every local device works through its share of the runs, ``at_once`` of them side by
side. How many there are is a traced number: a batch that is not full costs nothing
extra, and its runs come out the same as in a full one.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
from jax.sharding import AxisType, Mesh, NamedSharding, PartitionSpec
from jaxtyping import Array, UInt

from retrain_sim.lanes import lanes
from retrain_sim.one_run import Functions, state_bytes, traced_once, whole_run
from retrain_sim.placement import needs_one_device
from retrain_sim.recent import Recent
from retrain_sim.scenario import Scenario, Stack, signature

SMALL_LEAF = 64
"""Leaves of so many numbers are settings: every point has its own."""


class Room(NamedTuple):
    """What a program has room for: scenarios, seeds of each, rounds."""

    scenarios: int
    seeds: int
    rounds: int

    @property
    def runs(self) -> int:
        """Runs in a full batch."""
        return self.scenarios * self.seeds


class Layout(NamedTuple):
    """How a batch lies on the devices: runs per device, in rows of ``at_once``."""

    devices: int
    rows: int
    at_once: int


class Batch:
    """Scenarios of one signature, ready to run; the program is shared and kept.

    Args:
        scenarios: they differ in array leaves only.
        room: of the program; at least the scenarios given.
        devices: how many to use, by default all local ones.

    Example:
        >>> from retrain_sim import load_spec, prepare
        >>> arm = prepare(load_spec("coin-drift")).arms["coin"]
        >>> rows, infos = Batch([arm], Room(1, 4, 100))(first_seed=0, n_seeds=2)
        >>> rows["collapse/heterozygosity"].shape
        (1, 2, 101)
    """

    def __init__(
        self, scenarios: Sequence[Scenario], room: Room, devices: int | None = None
    ):
        self._n, self._room = len(scenarios), room
        padded = [*scenarios, *[scenarios[0]] * (room.scenarios - len(scenarios))]
        self._stack = Stack(padded, always=SMALL_LEAF)
        devices, kind = devices or jax.local_device_count(), signature(scenarios[0])
        self._functions = traced_once()
        choose = partial(_layout, scenarios[0], room, devices, self._functions)
        self.layout = LAYOUTS.get((kind, room, devices), choose)
        key = kind, tuple(self._stack.varies), room, self.layout
        self.program = PROGRAMS.get(key, self._compile)
        everywhere = NamedSharding(_mesh(self.layout), PartitionSpec())
        self._leaves = jax.device_put(self._stack.leaves, everywhere)

    def __call__(self, first_seed: int, n_seeds: int) -> tuple[Any, Any]:
        """Run all scenarios with some seeds.

        Args:
            first_seed: the seeds are this and those that follow.
            n_seeds: how many, at most the room's.

        Returns:
            Metrics [scenario, seed, T + 1] and selection metrics [scenario, seed, T].
        """
        n_runs = self._n * n_seeds
        pairs, counts = _deal(n_runs, n_seeds, first_seed, self.layout)
        found = self.program(self._leaves, pairs, counts)
        places = _places(n_runs, self.layout)

        def collect(leaf: Array) -> np.ndarray:
            flat = np.asarray(leaf).reshape(-1, leaf.shape[-1])
            return flat[places].reshape(self._n, n_seeds, -1)

        return jax.tree.map(collect, found)

    def _compile(self) -> Any:
        """Compile ahead of time; nothing runs."""
        layout, runs = self.layout, PartitionSpec("run")
        mesh = _mesh(layout)
        mapped = jax.shard_map(
            partial(_local, self._one, layout),
            mesh=mesh,
            in_specs=(PartitionSpec(), runs, runs),
            out_specs=runs,
            check_vma=False,
        )
        spread = NamedSharding(mesh, runs)
        everywhere = NamedSharding(mesh, PartitionSpec())
        placed = jax.jit(mapped, in_shardings=(everywhere, spread, spread))
        pairs, counts = _deal(1, 1, 0, layout)
        return placed.lower(self._stack.leaves, pairs, counts).compile()

    def _one(self, leaves: Any, pair: UInt[Array, "2"]) -> tuple[Any, Any]:
        scenario = self._stack.pick(leaves, pair[0])
        packed = self.layout.at_once > 1
        return whole_run(scenario, pair[1], self._room.rounds, packed, self._functions)


def _mesh(layout: Layout) -> Mesh:
    return jax.make_mesh((layout.devices,), ("run",), axis_types=(AxisType.Auto,))


LAYOUTS = Recent(32)
"""Of the programs: choosing one traces a whole run."""

PROGRAMS = Recent(32)
"""Compiled programs of this process, by all that they depend on."""


def _layout(
    scenario: Scenario, room: Room, devices: int, functions: Functions
) -> Layout:
    """Choose how many runs a device takes at once; an accelerator takes all of them."""
    alone = needs_one_device(scenario, room.runs, functions)
    devices = 1 if alone else min(devices, room.runs)
    share = -(-room.runs // devices)
    state = state_bytes(scenario, room.rounds, functions)
    on_cpu = jax.default_backend() == "cpu"
    at_once = lanes(state, room.runs, share) if on_cpu else share
    return Layout(devices, -(-share // at_once), at_once)


def _local(one: Any, layout: Layout, leaves: Any, pairs: Array, count: Array) -> Any:
    """Do the rows of one device, as many as there are."""

    def row(i: Array | int) -> Any:
        each = partial(one, leaves)
        if layout.at_once == 1:  # a mapped program compiles slower
            return jax.tree.map(lambda x: x[None], each(pairs[i, 0]))
        return jax.vmap(each)(pairs[i])

    def body(i: Array, out: Any) -> Any:
        return jax.tree.map(lambda o, x: o.at[i].set(x), out, row(i))

    shapes = jax.eval_shape(lambda: row(0))
    out = jax.tree.map(lambda x: jnp.zeros((len(pairs), *x.shape), x.dtype), shapes)
    return jax.lax.fori_loop(0, count[0], body, out)


def _deal(
    n_runs: int, n_seeds: int, first_seed: int, layout: Layout
) -> tuple[np.ndarray, np.ndarray]:
    """Deal runs (scenario, seed) to the devices, evenly; the rest of a row is run 0."""
    pairs = np.zeros((layout.devices * layout.rows * layout.at_once, 2), np.uint32)
    runs = np.arange(n_runs)
    pairs[_places(n_runs, layout), 0] = runs // n_seeds
    pairs[:, 1] = first_seed
    pairs[_places(n_runs, layout), 1] += (runs % n_seeds).astype(np.uint32)
    shape = (layout.devices * layout.rows, layout.at_once, 2)
    counts = np.full(layout.devices, _rows_needed(n_runs, layout), np.int32)
    return pairs.reshape(shape), counts


def _rows_needed(n_runs: int, layout: Layout) -> int:
    return -(-n_runs // (layout.devices * layout.at_once))


def _places(n_runs: int, layout: Layout) -> np.ndarray:
    """Say where each run lies among all places of all devices."""
    rows = np.arange(n_runs) // layout.at_once
    device, row = (
        rows // _rows_needed(n_runs, layout),
        rows % _rows_needed(n_runs, layout),
    )
    lane = np.arange(n_runs) % layout.at_once
    return (device * layout.rows + row) * layout.at_once + lane
