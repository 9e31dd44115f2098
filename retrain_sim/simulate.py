"""Run a prepared scenario: arms x seeds in one compiled program, chunk by chunk.

All the work is on the device; between chunks of rounds the host writes a checkpoint,
moves the progress bar and looks for numbers that are not finite. The chunk size is a
traced bound of one loop, so it changes nothing in the results and compiles once.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import NamedTuple

import jax
import numpy as np

from retrain_sim import hosts
from retrain_sim.arms import group_arms
from retrain_sim.errors import NonFiniteError, UserError
from retrain_sim.one_run import traced_once
from retrain_sim.preparation import Prepared
from retrain_sim.program import Program

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


def _last_line(error: Exception) -> str:
    """Find what went wrong at the end of the traceback that the runtime quotes."""
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    return lines[-1] if lines else type(error).__name__


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
        began, functions = time.perf_counter(), traced_once()
        # Compiling frees the GIL; but several processes must do it in the same order.
        with ThreadPoolExecutor(1 if hosts.many() else os.cpu_count()) as pool:
            groups = group_arms(prepared.arms)
            compiled = pool.map(lambda g: Program(g, prepared, functions), groups)
            self.programs = list(compiled)
        self.compile_s = time.perf_counter() - began
        self.run_s = 0.0

    @property
    def needs(self) -> str:
        """Say what large states need, or nothing."""
        parts = [p for p in self.programs if p.n_batches > 1]
        total = sum(p.state_bytes for p in parts) / 2**30
        batches = sum(p.n_batches for p in parts)
        return f"{total:.1f} GiB of state: {batches} batches" if parts else ""

    @property
    def progress(self) -> Progress:
        """Rounds done and to do, over all programs."""
        done = sum(p.rounds_done for p in self.programs)
        return Progress(done, sum(p.total_rounds for p in self.programs))

    def checkpoint(self) -> tuple[list[int], list[np.ndarray]]:
        """Return rounds done per program (-1: not started), and all leaves."""
        done = [p.rounds_done if p.started else -1 for p in self.programs]
        leaves = [leaf for p in self.programs if p.started for leaf in p.leaves()]
        return done, leaves

    def restore(self, done: list[int], leaves: list[np.ndarray]) -> None:
        """Continue from a checkpoint."""
        if len(done) != len(self.programs):
            raise UserError("checkpoint: it does not belong to this scenario")
        for program, rounds in zip(self.programs, done, strict=True):
            if rounds >= 0:
                n = program.n_leaves(rounds)
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
        try:
            for program in self.programs:
                self._run_program(program, after_chunk, chunk_seconds, raise_nonfinite)
        except jax.errors.JaxRuntimeError as error:  # a reward on the host, memory
            raise UserError(f"the simulation stopped: {_last_line(error)}") from None
        self.run_s += time.perf_counter() - began
        return self.recorded()

    def _run_program(self, program, after_chunk, chunk_seconds, raise_nonfinite):
        chunk = 1
        while program.rounds_done < program.total_rounds:
            program.next_batch()
            if not program.started:
                program.start()
                self._check(program, raise_nonfinite)
            began = time.perf_counter()
            program.advance(chunk)
            taken = time.perf_counter() - began
            wanted = max(1, min(4 * chunk, int(chunk * chunk_seconds / taken)))
            chunk = int(hosts.agreed(wanted))
            self._check(program, raise_nonfinite)
            after_chunk(self)

    def _check(self, program: Program, raise_nonfinite: bool) -> None:
        (finite, trained), done = program.flags(), program.done()
        nothing = self._first(program, trained == 0, done, 1)
        if nothing:
            raise NonFiniteError(
                f"nothing left to train on: {nothing}; every candidate was rejected"
            )
        broken = self._first(program, finite == 0, done + 1)
        if broken and raise_nonfinite:
            hint = "try a smaller learning rate or smaller rewards"
            raise NonFiniteError(f"not finite: {broken}; {hint}")

    def _first(
        self, program: Program, wrong: np.ndarray, done: np.ndarray, shift: int = 0
    ) -> str:
        """Name the first round [arm, seed, round] done in which something is wrong."""
        wrong = wrong & (np.arange(wrong.shape[-1]) < done[..., None])
        if not wrong.any():
            return ""
        arm, seed, round = min(np.argwhere(wrong), key=lambda at: at[2])
        seed += self.prepared.spec.run.seed
        name = program.group.names[arm]
        return f"arm {name!r}, round {round + shift}, seed {seed}"

    @property
    def _order(self) -> list[int]:
        """Where the scenario's arms are, when those of all programs are joined."""
        names = [n for p in self.programs for n in p.group.names]
        return [names.index(name) for name in self.prepared.arms]

    def rounds_done(self) -> np.ndarray:
        """Return the rounds done of every run ``[arm, seed]``, -1 before its start."""
        return np.concatenate([p.done() for p in self.programs])[self._order]

    def recorded(self) -> Simulated:
        """Collect all programs, arms in the scenario's order; zero if still to come."""
        order = self._order
        parts = [p.recorded() for p in self.programs]

        def join(*leaves: np.ndarray) -> np.ndarray:
            return np.concatenate(leaves)[order]

        (rows, samples), infos = jax.tree.map(join, *parts)
        return Simulated(rows, infos, samples, self.compile_s, self.run_s)
