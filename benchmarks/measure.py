"""Time a benchmark: compile apart, then ours and the rival's in turn."""

from __future__ import annotations

import math
import platform
import statistics
import time
from collections.abc import Callable
from importlib.metadata import version
from importlib.util import find_spec
from typing import Any

import jax

from benchmarks import memory, sinkhorn_memory, sweep_memory
from benchmarks.case import Benchmark, Case
from benchmarks.peak import peaks

LEAST, MOST, SECONDS = 5, 200, 2.0
"""Repeats of each side: as many as fit into some seconds, within limits."""

LONG, FEWEST = 30.0, 2
"""Where both sides take longer together, in seconds, few repeats have to do."""

SHORTEST = 0.02
"""Shorter work, in seconds, is timed several times in a row: caches stay warm."""

MODULES = {"POT": "ot", "scikit-learn": "sklearn"}


def missing(benchmark: Benchmark) -> list[str]:
    """List what the rival needs and is not installed."""
    return [p for p in benchmark.packages if not find_spec(MODULES.get(p, p))]


def compare(
    benchmark: Benchmark, scale: float = 1.0, repeats: int | None = None
) -> dict[str, Any]:
    """Check that both agree, time them in turn, and return a row of the results.

    Raises:
        AssertionError: deterministic results differ.
    """
    began = time.perf_counter()
    case = benchmark.make(scale)
    prepared = time.perf_counter() - began
    if case.agree:
        case.agree()
    repeats = repeats or _affordable(case)
    ours, theirs = alternate(case, repeats)
    packages = benchmark.packages or ("python",)
    needed = peaks(benchmark.name, scale) if benchmark.memory else {}
    return (
        {
            "name": benchmark.name,
            "work": benchmark.work,
            "rival": benchmark.rival,
            "rival_versions": {p: _version(p) for p in packages},
            "our_s": ours,
            "rival_s": theirs,
            "ratio": theirs / ours,
            "target_ratio": benchmark.target,
            "compile_s": prepared,
            "repeats": repeats,
        }
        | needed
        | surroundings()
    )


MEMORY = {check.NAME: check for check in (memory, sweep_memory, sinkhorn_memory)}
"""Checks of memory, by name."""


def measure_memory(name: str = memory.NAME, scale: float = 1.0) -> dict[str, Any]:
    """Return the row of a memory check."""
    check = MEMORY[name]
    found = check.measure(scale)
    told = {"name": name, "work": check.WORK, "target_mb": check.TARGET_MB}
    return told | found | surroundings()


def alternate(case: Case, repeats: int) -> tuple[float, float]:
    """Return both medians in seconds; a busy machine hits both alike.

    Example:
        >>> ours, theirs = alternate(Case(lambda: None, lambda: time.sleep(0.01)), 3)
        >>> ours < theirs
        True
    """
    sides = (case.ours, case.rival)
    times = [_in_a_row(work) for work in sides]
    pairs = [list(map(_seconds, sides, times)) for _ in range(repeats)]
    ours, theirs = (statistics.median(side) for side in zip(*pairs, strict=True))
    return ours, theirs


def surroundings() -> dict[str, Any]:
    """Say where a row was measured."""
    device = jax.devices()[0]
    return {
        "device": f"{jax.local_device_count()} x {device.device_kind}",
        "machine": platform.machine(),
        "versions": {p: _version(p) for p in ("python", "jax", "numpy")},
    }


def _affordable(case: Case) -> int:
    taken = _seconds(case.ours) + _seconds(case.rival)
    if taken > LONG:
        return FEWEST
    return max(LEAST, min(MOST, int(SECONDS / taken)))


def _in_a_row(work: Callable[[], object]) -> int:
    """Warm up, and say how many times make a time that can be read off."""
    first = _seconds(work)
    if first > LONG:
        return 1
    return math.ceil(SHORTEST / max(_seconds(work), 1e-6))


def _seconds(work: Callable[[], object], times: int = 1) -> float:
    began = time.perf_counter()
    for _ in range(times):
        work()
    return (time.perf_counter() - began) / times


def _version(package: str) -> str:
    return platform.python_version() if package == "python" else version(package)
