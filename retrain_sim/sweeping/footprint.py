"""Memory: what a run leaves behind, and how many of them fit."""

from __future__ import annotations

import os
import re
import resource
import sys
from functools import partial
from pathlib import Path
from typing import NamedTuple

import jax

from retrain_sim.errors import UserError
from retrain_sim.one_run import state_bytes, whole_run
from retrain_sim.preparation import Prepared
from retrain_sim.scenario import Scenario

COPIES = 8
"""Of a unit's records under way: device, host, history, file; two units at once."""

STATES = 6
"""Of a run's state: in, out, and what a round needs besides."""

UNIT_BYTES = 2**26
"""Records of a unit: more at once gains nothing, and a kill would cost more."""

SPARE = 2**28
"""Bytes that compiling and the libraries take on top of what is measured."""

UNITS = {"": 1, "K": 10**3, "M": 10**6, "G": 10**9, "T": 10**12}


class Footprint(NamedTuple):
    """Bytes: the process as it is, a run's records and state, the limit.

    A run is a point with all its arms, and one seed. ``device`` is the memory of the
    accelerators, which take all runs of a unit at once; 0 on a CPU, which does not.
    """

    base: int
    records: int
    state: int
    limit: int
    device: int = 0

    @property
    def at_once(self) -> int:
        """Bytes of the runs that are under way on the devices."""
        return self.state * STATES * jax.local_device_count() + SPARE

    def most_runs(self) -> int:
        """Return how many runs a unit may have.

        Raises:
            UserError: not even one fits.
        """
        room = self.limit - self.base - self.at_once
        runs = min(room // (COPIES * self.records), UNIT_BYTES // self.records)
        if room < COPIES * self.records:
            least = self.base + self.at_once + COPIES * self.records
            raise UserError(
                f"--memory {in_words(self.limit)}: a single run needs "
                f"{in_words(least)} in all; give more, or fewer rounds or candidates"
            )
        if self.device:
            runs = min(runs, self.device // (STATES * self.state))
        return max(1, int(runs))

    def peak(self, n_runs: int) -> int:
        """Estimate the greatest memory with so many runs in a unit."""
        return self.base + self.at_once + COPIES * self.records * n_runs


def footprint_of(prepared: Prepared, limit: int) -> Footprint:
    """Measure what a run of a scenario needs, without running it."""
    run = prepared.spec.run
    arms = list(prepared.arms.values())
    records = sum(record_bytes(arm, run.rounds) for arm in arms)
    state = max(state_bytes(arm, run.rounds) for arm in arms)
    return Footprint(resident(), records, state, limit, _device_bytes())


def _device_bytes() -> int:
    """Return the memory of all local accelerators that is left; 0 on a CPU."""
    if jax.default_backend() == "cpu":
        return 0
    found = [device.memory_stats() or {} for device in jax.local_devices()]
    return sum(s.get("bytes_limit", 0) - s.get("bytes_in_use", 0) for s in found)


def record_bytes(scenario: Scenario, n_rounds: int) -> int:
    """Count the bytes of everything that a run records."""
    seed = jax.ShapeDtypeStruct((), "uint32")
    records = jax.eval_shape(partial(whole_run, n_rounds=n_rounds), scenario, seed)
    leaves = jax.tree.leaves(records)
    derived = 2 * 4 * (n_rounds + 1)  # the mean reward, realized updates
    return sum(x.size * x.dtype.itemsize for x in leaves) + derived


def parse_memory(text: str) -> int:
    """Read a size such as ``4GB``, ``800 MB`` or ``2e9``.

    Example:
        >>> parse_memory("4GB"), parse_memory("1.5 M")
        (4000000000, 1500000)
    """
    found = re.fullmatch(r"\s*([0-9.]+(?:e[0-9]+)?)\s*([KMGT]?)i?B?\s*", text, re.I)
    try:
        size = float(found[1]) * UNITS[found[2].upper()] if found else 0
    except ValueError:
        size = 0
    if size < 1:
        raise UserError(f"--memory {text}: expected a size such as 4GB or 800MB")
    return int(size)


def in_words(size: float) -> str:
    """Write a number of bytes for people.

    Example:
        >>> in_words(4.2e9), in_words(3100)
        ('4.2 GB', '3.1 KB')
    """
    for unit in ("T", "G", "M", "K"):
        if size >= UNITS[unit]:
            return f"{size / UNITS[unit]:.1f} {unit}B"
    return f"{size:.0f} B"


def half_of_memory() -> int:
    """Return half of this machine's memory, in bytes."""
    return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") // 2


def resident() -> int:
    """Return the memory that this process holds, in bytes."""
    statm = Path("/proc/self/statm")
    if statm.is_file():
        return int(statm.read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")
    # Kilobytes on Linux, bytes on macOS; the peak, which is no less.
    unit = 1 if sys.platform == "darwin" else 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit
