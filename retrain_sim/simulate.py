"""Run a prepared scenario: arms x seeds in one compiled program, chunk by chunk.

All the work is on the device; between chunks of rounds the host writes a checkpoint,
moves the progress bar and looks for numbers that are not finite. The chunk size is a
traced bound of one loop, so it changes nothing in the results and compiles once.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
from jax.sharding import AxisType, NamedSharding, PartitionSpec
from jaxtyping import Array

from retrain_sim.errors import NonFiniteError, UserError
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

CHUNK_SECONDS = 1.0


class Progress(NamedTuple):
    """How far a simulation is: for progress bars."""

    rounds_done: int
    rounds_total: int


class Simulated(NamedTuple):
    """What a simulation recorded.

    ``rows`` [arm, seed, T + 1], ``infos`` [arm, seed, T], ``samples``
    [arm, seed, T + 1, shown, ...]; times in seconds.
    """

    rows: dict[str, np.ndarray]
    infos: dict[str, np.ndarray]
    samples: np.ndarray
    compile_s: float
    run_s: float


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
        devices = _device_count(n_arms * n_seeds)
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
        self._start = jax.jit(self._mapped(self._start_one, mesh, 1))
        self._advance = jax.jit(self._mapped(self._advance_one, mesh, 2))
        self.rounds_done = 0
        self.track: Track | None = None

    def compile(self) -> None:
        """Compile both programs ahead of the first round."""
        started = self._start.lower(self._leaves, self._seed, self._runs)
        self._start = started.compile()
        shape = jax.tree.map(
            lambda x: jax.ShapeDtypeStruct(x.shape, x.dtype, sharding=self._spread),
            started.out_info,
        )
        self._shape = shape
        bounds = (jnp.int32(0), jnp.int32(0))
        lowered = self._advance.lower(
            self._leaves, self._seed, self._runs, shape, *bounds
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

    def leaves(self) -> list[np.ndarray]:
        """Everything a checkpoint needs, on the host."""
        return [np.asarray(leaf) for leaf in jax.tree.leaves(self.track)]

    def restore(self, rounds_done: int, leaves: list[np.ndarray]) -> None:
        """Continue from a checkpoint."""
        shapes, structure = jax.tree.flatten(self._shape)
        if [(x.shape, x.dtype) for x in shapes] != [(x.shape, x.dtype) for x in leaves]:
            raise UserError("checkpoint: it does not belong to this scenario")
        placed = [jax.device_put(leaf, self._spread) for leaf in leaves]
        self.track = jax.tree.unflatten(structure, placed)
        self.rounds_done = rounds_done

    def recorded(self) -> tuple[Any, Any]:
        """Return rows and infos so far, ``[arm, seed, round, ...]``."""
        shape = (len(self.group.names), -1)

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
        key_start, key_rounds = jax.random.split(jax.random.key(seed + run[1]))

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


def _device_count(n_runs: int) -> int:
    return min(jax.local_device_count(), n_runs)


class Simulation:
    """All groups of arms of a prepared scenario, advanced chunk by chunk.

    Example:
        >>> from retrain_sim import load_spec, prepare
        >>> simulation = Simulation(prepare(load_spec("coin-drift", {"run.seeds": 2})))
        >>> simulation.run().rows["collapse/heterozygosity"].shape
        (1, 2, 101)
    """

    def __init__(self, prepared: Prepared):
        self.prepared = prepared
        self.programs = [Program(g, prepared) for g in group_arms(prepared.arms)]
        began = time.perf_counter()
        for program in self.programs:
            program.compile()
        self.compile_s = time.perf_counter() - began
        self.run_s = 0.0

    @property
    def progress(self) -> Progress:
        """Rounds done and to do, over all programs."""
        done = sum(p.rounds_done for p in self.programs)
        return Progress(done, sum(p.n_rounds for p in self.programs))

    def checkpoint(self) -> tuple[list[int], list[np.ndarray]]:
        """Return rounds done per program (-1: not started), and all leaves."""
        done = [p.rounds_done if p.track else -1 for p in self.programs]
        leaves = [leaf for p in self.programs if p.track for leaf in p.leaves()]
        return done, leaves

    def restore(self, done: list[int], leaves: list[np.ndarray]) -> None:
        """Continue from a checkpoint."""
        if len(done) != len(self.programs):
            raise UserError("checkpoint: it does not belong to this scenario")
        for program, rounds in zip(self.programs, done, strict=True):
            if rounds >= 0:
                n = len(jax.tree.leaves(program._shape))
                program.restore(rounds, leaves[:n])
                leaves = leaves[n:]

    def run(
        self,
        after_chunk: Callable[[Simulation], None] = lambda simulation: None,
        chunk_seconds: float = CHUNK_SECONDS,
        raise_nonfinite: bool = True,
    ) -> Simulated:
        """Run all remaining rounds.

        Args:
            after_chunk: called between chunks of rounds: checkpoints, progress bars.
            chunk_seconds: about how long a chunk takes; it changes no result.
            raise_nonfinite: stop at the first round with NaN or infinity; else go on,
                with ``run/finite`` = 0 from there on.

        Returns:
            Everything recorded.

        Raises:
            NonFiniteError: names the arm, the round and the seed.
        """
        began = time.perf_counter()
        for program in self.programs:
            self._run_program(program, after_chunk, chunk_seconds, raise_nonfinite)
        self.run_s += time.perf_counter() - began
        return self.recorded()

    def _run_program(self, program, after_chunk, chunk_seconds, raise_nonfinite):
        chunk = 1
        if program.track is None:
            program.start()
            self._check(program, raise_nonfinite)
        while program.rounds_done < program.n_rounds:
            began = time.perf_counter()
            program.advance(min(program.rounds_done + chunk, program.n_rounds))
            taken = time.perf_counter() - began
            chunk = max(1, min(4 * chunk, int(chunk * chunk_seconds / taken)))
            self._check(program, raise_nonfinite)
            after_chunk(self)

    def _check(self, program: Program, raise_nonfinite: bool) -> None:
        rows, _ = program.recorded()
        finite = rows[0]["run/finite"][..., : program.rounds_done + 1]
        if not raise_nonfinite or finite.all():
            return
        arm, seed, round = min(np.argwhere(finite == 0), key=lambda at: at[2])
        raise NonFiniteError(
            f"not finite: arm {program.group.names[arm]!r}, round {round}, "
            f"seed {self.prepared.spec.run.seed + seed}; "
            "try a smaller learning rate or smaller rewards"
        )

    def recorded(self) -> Simulated:
        """Collect all programs, arms in the scenario's order."""
        names = [n for p in self.programs for n in p.group.names]
        order = [names.index(name) for name in self.prepared.arms]
        parts = [p.recorded() for p in self.programs]

        def join(*leaves: np.ndarray) -> np.ndarray:
            return np.concatenate(leaves)[order]

        (rows, samples), infos = jax.tree.map(join, *parts)
        return Simulated(rows, infos, samples, self.compile_s, self.run_s)
