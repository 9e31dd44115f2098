"""The compiled simulation of arms that share a program, all seeds at once."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
from jax.sharding import AxisType, Mesh, NamedSharding, PartitionSpec
from jaxtyping import Array

from retrain_sim import hosts
from retrain_sim.errors import UserError
from retrain_sim.keys import key_for
from retrain_sim.lanes import factorizes, in_turn, lanes
from retrain_sim.loop import (
    Observe,
    Step,
    Track,
    advance_track,
    initial_state,
    observe_metrics,
    retrain_round,
    scan_rounds,
    start_track,
)
from retrain_sim.preparation import Prepared
from retrain_sim.rows import ROW
from retrain_sim.scenario import Scenario, Stack, signature

STATE_BYTES = 2**30
"""Room for what all runs under way carry from round to round."""

SAMPLE_BYTES = 2**26
"""Room for the samples to look at, of all runs and rounds."""


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


def shown_samples(prepared: Prepared) -> int:
    """Return how many samples of every run and round are kept to look at, at least 1.

    As many as asked for, unless all of them need more than ``SAMPLE_BYTES``.
    """
    run, x = prepared.spec.run, prepared.atoms.view.x
    per_sample = x.dtype.itemsize * x[0].size
    n_views = len(prepared.arms) * run.seeds * (run.rounds + 1)
    return max(1, min(run.shown, SAMPLE_BYTES // (per_sample * n_views)))


class Program:
    """The compiled simulation of one group of arms, all seeds.

    Runs (arm, seed) are spread over the devices, those of all processes if there are
    several: each run is done by one device, or by several where several processes have
    more devices than runs (``retrain_sim.rows``). On a CPU each device works through
    its runs one after the other; an accelerator takes them all at once. Where
    the states of all runs would not fit into ``STATE_BYTES``, as with pools that
    accumulate, the runs are done in batches, each from the first round to the last.
    """

    def __init__(self, group: Group, prepared: Prepared):
        run = prepared.spec.run
        self.group, self.n_rounds = group, run.rounds
        self.n_shown = shown_samples(prepared)
        self._n_seeds, self._seed = run.seeds, np.uint32(run.seed)
        self._n_runs = len(group.names) * run.seeds
        self._scenario = prepared.arms[group.names[0]]
        mesh = _mesh(_devices(self._scenario, self._n_runs), self._n_runs)
        slots = mesh.shape["run"]
        self._spread = NamedSharding(mesh, PartitionSpec("run"))
        everywhere = NamedSharding(mesh, PartitionSpec())
        leaves = jax.tree.map(np.asarray, group.stack.leaves)
        self._leaves = jax.device_put(leaves, everywhere)
        self.state_bytes = self._n_runs * self._bytes_of_one()
        self.n_batches = min(
            -(-self.state_bytes // STATE_BYTES), -(-self._n_runs // slots)
        )
        on_cpu = mesh.devices.flat[0].platform == "cpu"
        at_once = self._at_once(slots) if on_cpu else 1
        self._batches = self._split(slots * at_once)
        self.restart()
        self._compile(mesh, partial(in_turn, at_once=at_once) if on_cpu else jax.vmap)

    def _bytes_of_one(self) -> int:
        """Count the bytes of the state that one run carries from round to round."""
        run = jax.ShapeDtypeStruct((2,), jnp.uint32)
        track = jax.eval_shape(self._start_one, self._leaves, self._seed, run)
        return sum(x.size * x.dtype.itemsize for x in jax.tree.leaves(track.state))

    def _at_once(self, slots: int) -> int:
        """Choose how many of its runs a CPU device takes at once."""
        share = -(-self._n_runs // (self.n_batches * slots))
        at_once = lanes(self.state_bytes // self._n_runs, self._n_runs, share)
        return 1 if at_once > 1 and has_large_matrices(self._scenario) else at_once

    def _split(self, multiple: int) -> list[Array]:
        """Split the runs (arm, seed) into batches of one size, padded with run 0."""
        runs = np.arange(self._n_runs, dtype=np.uint32)
        size = -(-self._n_runs // self.n_batches)
        size += -size % multiple
        runs = np.pad(runs, (0, -len(runs) % size)).reshape(-1, size)
        pairs = np.stack(np.divmod(runs, self._n_seeds), axis=-1)
        self.n_batches = len(pairs)
        return [jax.device_put(batch, self._spread) for batch in pairs]

    def _compile(self, mesh: Any, each: Callable) -> None:
        """Compile the first observation and the rounds, ahead of time."""
        runs = self._batches[0]
        compiled = partial(jax.jit, out_shardings=self._spread)
        start = compiled(self._mapped(self._start_one, mesh, each, 1))
        started = start.lower(self._leaves, self._seed, runs)
        self._start = started.compile()
        self.shape = jax.tree.map(
            lambda x: jax.ShapeDtypeStruct(x.shape, x.dtype, sharding=self._spread),
            started.out_info,
        )
        bounds = (np.int32(0), np.int32(0))
        advance = compiled(
            self._mapped(self._advance_one, mesh, each, 2), donate_argnums=3
        )
        lowered = advance.lower(self._leaves, self._seed, runs, self.shape, *bounds)
        self._advance = lowered.compile()

    @property
    def total_rounds(self) -> int:
        """Rounds to do, over all batches of runs."""
        return self.n_batches * self.n_rounds

    @property
    def rounds_done(self) -> int:
        """Rounds done, over all batches of runs."""
        return len(self._finished) * self.n_rounds + self._round

    @property
    def started(self) -> bool:
        """Whether the batch at hand is under way."""
        return self.track is not None

    def start(self) -> None:
        """Draw the first candidates of a batch and observe p_0."""
        self.track = self._start(self._leaves, self._seed, self._runs)

    def advance(self, n_rounds: int) -> None:
        """Run some rounds of the batch at hand, or all it has left."""
        last = min(self._round + n_rounds, self.n_rounds)
        bounds = (np.int32(self._round), np.int32(last))
        track = self._advance(self._leaves, self._seed, self._runs, self.track, *bounds)
        self.track = jax.block_until_ready(track)
        self._round = last

    def next_batch(self) -> None:
        """Put a finished batch's records aside, unless it is the last one."""
        if self._round == self.n_rounds and len(self._finished) < self.n_batches - 1:
            self._finished.append(self._records())
            self.track, self._round = None, 0

    def restart(self) -> None:
        """Forget what has been run; the compiled program stays."""
        self.track: Any = None
        self._round, self._finished = 0, []

    @property
    def _runs(self) -> Array:
        return self._batches[len(self._finished)]

    def _records(self) -> Any:
        """Return the batch's rows and infos; all zero before its start."""
        if not self.started:
            records = (self.shape.rows, self.shape.infos)
            return jax.tree.map(lambda x: np.zeros(x.shape, x.dtype), records)
        return hosts.gathered((self.track.rows, self.track.infos))

    def leaves(self) -> list[np.ndarray]:
        """Everything a checkpoint needs, on the host."""
        return jax.tree.leaves((self._finished, hosts.gathered(self.track)))

    def n_leaves(self, rounds_done: int) -> int:
        """Count the leaves of a checkpoint after some rounds."""
        finished = self._finished_at(rounds_done)
        records = jax.tree.leaves((self.shape.rows, self.shape.infos))
        return finished * len(records) + len(jax.tree.leaves(self.shape))

    def _finished_at(self, rounds_done: int) -> int:
        return max(-(-rounds_done // self.n_rounds) - 1, 0)

    def restore(self, rounds_done: int, leaves: list[np.ndarray]) -> None:
        """Continue from a checkpoint."""
        finished = self._finished_at(rounds_done)
        records = (self.shape.rows, self.shape.infos)
        shapes, structure = jax.tree.flatten(([records] * finished, self.shape))
        if [(x.shape, x.dtype) for x in shapes] != [(x.shape, x.dtype) for x in leaves]:
            raise UserError("checkpoint: it does not belong to this scenario")
        self._finished, track = jax.tree.unflatten(structure, leaves)
        self.track = jax.device_put(track, self._spread)
        self._round = rounds_done - finished * self.n_rounds

    def done(self) -> np.ndarray:
        """Return the rounds done of every run ``[arm, seed]``, -1 before its start."""
        size = len(self._batches[0])
        done = np.full(self.n_batches * size, -1)
        done[: len(self._finished) * size] = self.n_rounds
        if self.started:
            done[len(self._finished) * size :][:size] = self._round
        return done[: self._n_runs].reshape(-1, self._n_seeds)

    def recorded(self) -> tuple[Any, Any]:
        """Return rows and infos so far, ``[arm, seed, round, ...]``."""
        return self._unpacked([*self._finished, self._records()])

    def flags(self) -> tuple[np.ndarray, np.ndarray]:
        """Return of every run and round whether all is finite, and could be trained."""
        batches = [*self._finished, (self.track.rows, self.track.infos)]
        return self._unpacked(
            [
                hosts.gathered((rows[0]["run/finite"], infos["run/trained"]))
                for rows, infos in batches
            ]
        )

    def _unpacked(self, batches: list[Any]) -> Any:
        """Join batches of runs; those to come are zero."""

        def unpack(*leaves: np.ndarray) -> np.ndarray:
            missing = self.n_batches - len(leaves)
            leaves = (*leaves, *[np.zeros_like(leaves[0])] * missing)
            real = np.concatenate(leaves)[: self._n_runs]
            return real.reshape(-1, self._n_seeds, *real.shape[1:])

        return jax.tree.map(unpack, *batches)

    def _mapped(
        self, one: Callable, mesh: Any, each: Callable, n_spread: int
    ) -> Callable:
        """Map a function of one run over all runs, spread over the devices.

        The arguments are leaves, seed, then ``n_spread`` per run, then bounds.
        """

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
                local,
                mesh=mesh,
                in_specs=specs,
                out_specs=runs,
                # Callbacks need every axis here; rows are dealt out by the compiler.
                axis_names={"run"} if mesh.shape[ROW] > 1 else {"run", ROW},
                check_vma=False,
            )(leaves, seed, *args)

        return mapped

    def _pieces(self, leaves: Any, seed: Array, run: Array) -> Pieces:
        scenario = self.group.stack.pick(leaves, run[0])
        return pieces_of(scenario, seed + run[1], self.n_shown)

    def _start_one(self, leaves: Any, seed: Array, run: Array) -> Track:
        pieces = self._pieces(leaves, seed, run)
        state = initial_state(pieces.key_start, pieces.scenario, self.n_rounds)
        return start_track(
            pieces.key, pieces.step, state, self.n_rounds, pieces.observe
        )

    def _advance_one(
        self,
        leaves: Any,
        seed: Array,
        run: Array,
        track: Track,
        first: Array,
        last: Array,
    ) -> Track:
        pieces = self._pieces(leaves, seed, run)
        return advance_track(
            pieces.key, pieces.step, track, pieces.observe, first, last
        )


class Pieces(NamedTuple):
    """What the driver of rounds needs for one run of a scenario."""

    scenario: Scenario
    key_start: Array
    key: Array
    step: Step
    observe: Observe


def pieces_of(scenario: Scenario, seed: Array, n_shown: int) -> Pieces:
    """Bind one run's scenario and keys: they depend on the seed and nothing else."""
    return Pieces(
        scenario,
        key_for("start", seed),
        key_for("rounds", seed),
        lambda key, state: retrain_round(key, state, scenario),
        lambda key, state: observe_metrics(key, state, scenario, n_shown),
    )


def calls_host(scenario: Scenario) -> bool:
    """Ask for rewards that run on the host.

    One device of a process then does all its runs: on several CPU devices two
    callbacks that copy their arguments at once can wait for each other forever (jax
    0.10). Little is lost, since Python runs one of them at a time.
    """
    return any(getattr(reward, "host", False) for reward in scenario.rewards)


def has_large_matrices(scenario: Scenario) -> bool:
    """Ask for runs that must be done one by one: see ``retrain_sim.lanes``."""

    def one(scenario: Scenario) -> Track:
        pieces = pieces_of(scenario, jnp.uint32(0), 1)
        state = initial_state(pieces.key_start, scenario, 1)
        return scan_rounds(pieces.key, pieces.step, state, 1, pieces.observe)

    return factorizes(jax.make_jaxpr(one)(scenario))


def _devices(scenario: Scenario, n_runs: int) -> list[jax.Device]:
    """Choose the devices: all that have something to do, in every process."""
    found = jax.devices()
    if calls_host(scenario):
        found = list({d.process_index: d for d in reversed(found)}.values())[::-1]
    return found if hosts.many() else found[:n_runs]


def _mesh(devices: list[jax.Device], n_runs: int) -> Mesh:
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
