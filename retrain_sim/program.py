"""The compiled simulation of arms that share a program, all seeds at once."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
from jax.sharding import AxisType, NamedSharding, PartitionSpec
from jaxtyping import Array

from retrain_sim.errors import UserError
from retrain_sim.keys import key_for
from retrain_sim.loop import (
    Track,
    advance_track,
    initial_state,
    observe_metrics,
    retrain_round,
    start_track,
)
from retrain_sim.preparation import Prepared
from retrain_sim.scenario import Scenario, Stack, signature


class Group(NamedTuple):
    """Arms that share one program: their names and scenarios."""

    names: tuple[str, ...]
    stack: Stack


def group_arms(arms: dict[str, Scenario]) -> list[Group]:
    """Group the arms that differ in floats only: each group compiles once.

    Example:
        >>> from retrain_sim import load_spec, prepare
        >>> [g.names for g in group_arms(prepare(load_spec("condorcet")).arms)]
        [('K = 2',), ('K = 3',)]
    """
    found: dict[Any, list[str]] = {}
    for name, scenario in arms.items():
        found.setdefault(signature(scenario), []).append(name)
    return [
        Group(tuple(names), Stack([arms[name] for name in names]))
        for names in found.values()
    ]


class Program:
    """The compiled simulation of one group of arms, all seeds.

    Runs (arm, seed) are spread over the local devices. On a CPU each device works
    through its runs one after the other; an accelerator takes them all at once.
    """

    def __init__(self, group: Group, prepared: Prepared):
        run = prepared.spec.run
        self.group, self.n_rounds, self.n_shown = group, run.rounds, run.shown
        n_arms, n_seeds = len(group.names), run.seeds
        arm = next(iter(prepared.arms.values()))
        devices = 1 if _calls_host(arm) else _device_count(n_arms * n_seeds)
        mesh = jax.make_mesh((devices,), ("run",), axis_types=(AxisType.Auto,))
        self._spread = NamedSharding(mesh, PartitionSpec("run"))
        everywhere = NamedSharding(mesh, PartitionSpec())
        self._leaves = jax.device_put(group.stack.leaves, everywhere)
        arm, seed = np.divmod(np.arange(n_arms * n_seeds, dtype=np.uint32), n_seeds)
        padding = -len(arm) % devices
        runs = np.pad(np.stack([arm, seed], axis=1), ((0, padding), (0, 0)))
        self._runs = jax.device_put(runs, self._spread)
        self._n_real = n_arms * n_seeds
        self._seed = jnp.uint32(run.seed)
        self.rounds_done = 0
        self.track: Any = None
        self._compile(mesh)

    def _compile(self, mesh: Any) -> None:
        """Compile the first observation and the rounds, ahead of time."""
        started = jax.jit(self._mapped(self._start_one, mesh, 1)).lower(
            self._leaves, self._seed, self._runs
        )
        self._start = started.compile()
        self.shape = jax.tree.map(
            lambda x: jax.ShapeDtypeStruct(x.shape, x.dtype, sharding=self._spread),
            started.out_info,
        )
        bounds = (jnp.int32(0), jnp.int32(0))
        lowered = jax.jit(self._mapped(self._advance_one, mesh, 2)).lower(
            self._leaves, self._seed, self._runs, self.shape, *bounds
        )
        self._advance = lowered.compile()

    def start(self) -> None:
        """Draw the first candidates and observe p_0."""
        self.track = self._start(self._leaves, self._seed, self._runs)

    def advance(self, last: int) -> None:
        """Run all rounds up to ``last``."""
        bounds = (jnp.int32(self.rounds_done), jnp.int32(last))
        track = self._advance(self._leaves, self._seed, self._runs, self.track, *bounds)
        self.track = jax.block_until_ready(track)
        self.rounds_done = last

    def restart(self) -> None:
        """Forget what has been run; the compiled program stays."""
        self.track, self.rounds_done = None, 0

    def leaves(self) -> list[np.ndarray]:
        """Everything a checkpoint needs, on the host."""
        return [np.asarray(leaf) for leaf in jax.tree.leaves(self.track)]

    def restore(self, rounds_done: int, leaves: list[np.ndarray]) -> None:
        """Continue from a checkpoint."""
        shapes, structure = jax.tree.flatten(self.shape)
        if [(x.shape, x.dtype) for x in shapes] != [(x.shape, x.dtype) for x in leaves]:
            raise UserError("checkpoint: it does not belong to this scenario")
        placed = [jax.device_put(leaf, self._spread) for leaf in leaves]
        self.track = jax.tree.unflatten(structure, placed)
        self.rounds_done = rounds_done

    def recorded(self) -> tuple[Any, Any]:
        """Return rows and infos so far, ``[arm, seed, round, ...]``."""
        shape = (len(self.group.names), self._n_real // len(self.group.names))

        def unpack(leaf: Array) -> np.ndarray:
            real = np.asarray(leaf)[: self._n_real]
            return real.reshape(*shape, *real.shape[1:])

        return jax.tree.map(unpack, (self.track.rows, self.track.infos))

    def _mapped(self, one: Callable, mesh: Any, n_spread: int) -> Callable:
        """Map a function of one run over all runs, spread over the devices.

        The arguments are leaves, seed, then ``n_spread`` per run, then bounds.
        """
        each = _in_turn if mesh.devices.flat[0].platform == "cpu" else jax.vmap

        def local(leaves, seed, *args):
            spread, bounds = args[:n_spread], args[n_spread:]
            return each(lambda *xs: one(leaves, seed, *xs, *bounds))(*spread)

        def mapped(leaves, seed, *args):
            here, runs = PartitionSpec(), PartitionSpec("run")
            specs = (
                here,
                here,
                *[runs if i < n_spread else here for i in range(len(args))],
            )
            return jax.shard_map(
                local, mesh=mesh, in_specs=specs, out_specs=runs, check_vma=False
            )(leaves, seed, *args)

        return mapped

    def _pieces(self, leaves: Any, seed: Array, run: Array) -> tuple:
        scenario = self.group.stack.pick(leaves, run[0])
        key_start = key_for("start", seed + run[1])
        key_rounds = key_for("rounds", seed + run[1])

        def step(key, state):
            return retrain_round(key, state, scenario)

        def observe(key, state):
            return observe_metrics(key, state, scenario, self.n_shown)

        return scenario, key_start, key_rounds, step, observe

    def _start_one(self, leaves: Any, seed: Array, run: Array) -> Track:
        pieces = self._pieces(leaves, seed, run)
        scenario, key_start, key_rounds, step, observe = pieces
        state = initial_state(key_start, scenario, self.n_rounds)
        return start_track(key_rounds, step, state, self.n_rounds, observe)

    def _advance_one(
        self,
        leaves: Any,
        seed: Array,
        run: Array,
        track: Track,
        first: Array,
        last: Array,
    ) -> Track:
        _, _, key, step, observe = self._pieces(leaves, seed, run)
        return advance_track(key, step, track, observe, first, last)


def _in_turn(one: Callable) -> Callable:
    return lambda *spread: jax.lax.map(lambda xs: one(*xs), spread)


def _calls_host(scenario: Scenario) -> bool:
    """Ask for rewards that run on the host.

    One device then does all runs: on several CPU devices two callbacks that copy their
    arguments at once can wait for each other forever (jax 0.10). Little is lost, since
    Python runs one of them at a time.
    """
    return any(getattr(reward, "host", False) for reward in scenario.rewards)


def _device_count(n_runs: int) -> int:
    return min(jax.local_device_count(), n_runs)
