"""The compiled simulation of arms that share a program, all seeds at once."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import jax
import numpy as np
from jax.sharding import Mesh, NamedSharding, PartitionSpec
from jaxtyping import Array

from retrain_sim import hosts
from retrain_sim.arms import Group
from retrain_sim.errors import UserError
from retrain_sim.lanes import in_turn, lanes
from retrain_sim.loop import Track, advance_track, start_track
from retrain_sim.one_run import PLAIN, Functions, Pieces, pieces_of, state_bytes
from retrain_sim.placement import devices_for, mesh_of, spread
from retrain_sim.preparation import Prepared
from retrain_sim.run_batches import joined_runs, split_runs

STATE_BYTES = 2**30
"""Room for what all runs under way carry from round to round."""

SAMPLE_BYTES = 2**26
"""Room for the samples to look at, of all runs and rounds."""


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

    def __init__(self, group: Group, prepared: Prepared, functions: Functions = PLAIN):
        run = prepared.spec.run
        self.group, self.n_rounds, self._functions = group, run.rounds, functions
        self.n_shown = shown_samples(prepared)
        self._n_seeds, self._seed = run.seeds, np.uint32(run.seed)
        self._n_arms = len(group.names)
        self._n_runs = self._n_arms * run.seeds
        self._scenario = prepared.arms[group.names[0]]
        mesh = mesh_of(
            devices_for(self._scenario, self._n_runs, functions), self._n_runs
        )
        slots = mesh.shape["run"]
        self._spread = NamedSharding(mesh, PartitionSpec("run"))
        everywhere = NamedSharding(mesh, PartitionSpec())
        leaves = jax.tree.map(np.asarray, group.stack.leaves)
        self._leaves = jax.device_put(leaves, everywhere)
        self.state_bytes = self._n_runs * state_bytes(
            self._scenario, run.rounds, functions
        )
        self.n_batches = min(
            -(-self.state_bytes // STATE_BYTES), -(-self._n_runs // slots)
        )
        on_cpu = mesh.devices.flat[0].platform == "cpu"
        at_once = self._at_once(slots) if on_cpu else 1
        sizes = (self._n_arms, self._n_seeds, self.n_batches, slots * at_once)
        self._batches = [jax.device_put(b, self._spread) for b in split_runs(*sizes)]
        self.n_batches = len(self._batches)
        self.restart()
        self._compile(mesh, partial(in_turn, at_once=at_once) if on_cpu else jax.vmap)

    def _at_once(self, slots: int) -> int:
        """Choose how many of its runs a CPU device takes at once."""
        share = -(-self._n_runs // (self.n_batches * slots))
        state = self.state_bytes // self._n_runs
        return lanes(state, self._n_runs, share)

    def _compile(self, mesh: Mesh, each: Callable) -> None:
        """Compile the first observation and the rounds, ahead of time."""
        runs = self._batches[0]
        compiled = partial(jax.jit, out_shardings=self._spread)
        start = compiled(spread(self._start_one, mesh, each, 1))
        started = start.lower(self._leaves, self._seed, runs)
        self._start = started.compile()
        self.shape = jax.tree.map(
            lambda x: jax.ShapeDtypeStruct(x.shape, x.dtype, sharding=self._spread),
            started.out_info,
        )
        bounds = (np.int32(0), np.int32(0))
        advance = compiled(spread(self._advance_one, mesh, each, 2), donate_argnums=3)
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
        return self._joined([*self._finished, self._records()])

    def flags(self) -> tuple[np.ndarray, np.ndarray]:
        """Return of every run and round whether all is finite, and could be trained."""
        batches = [*self._finished, (self.track.rows, self.track.infos)]
        return self._joined(
            [
                hosts.gathered((rows[0]["run/finite"], infos["run/trained"]))
                for rows, infos in batches
            ]
        )

    def _joined(self, batches: list[Any]) -> Any:
        """Join batches of runs, ``[arm, seed, ...]``; those to come are zero."""
        return joined_runs(batches, self._n_arms, self._n_seeds, self.n_batches)

    def _pieces(self, leaves: Any, seed: Array, run: Array) -> Pieces:
        scenario = self.group.stack.pick(leaves, run[0])
        return pieces_of(scenario, seed + run[1], self.n_shown, self._functions)

    def _start_one(self, leaves: Any, seed: Array, run: Array) -> Track:
        pieces = self._pieces(leaves, seed, run)
        state = self._functions.start(pieces.key_start, pieces.scenario, self.n_rounds)
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
