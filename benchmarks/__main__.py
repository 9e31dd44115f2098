"""Time every benchmark and print ratios: ``python -m benchmarks``."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable

from benchmarks import (
    assignment,
    curated_loop,
    flow_fit,
    mixture_fit,
    population_map,
)
from retrain_sim.cli import configure
from retrain_sim.tables import Table
from retrain_sim.terminal import console, print_table

REPEATS = 3


def seconds(work: Callable[[], object]) -> float:
    """Return the median wall time of a few calls, after one to warm up."""
    work()
    times = []
    for _ in range(REPEATS):
        began = time.perf_counter()
        work()
        times.append(time.perf_counter() - began)
    return statistics.median(times)


def main() -> None:
    """Run all benchmarks; compile time is shown apart."""
    configure()
    rows = []
    for module in (curated_loop, population_map, flow_fit, mixture_fit, assignment):
        case = module.case()
        if case is None:
            rows.append([module.NAME, module.RIVAL, "not installed", "-", "-", "-"])
            continue
        began = time.perf_counter()
        ours = case.compile()
        compiled = time.perf_counter() - began
        mine, theirs = seconds(ours), seconds(case.rival)
        numbers = [f"{theirs:.3f}", f"{mine:.3f}", f"{theirs / mine:.1f}x"]
        rows.append([module.NAME, module.RIVAL, *numbers, f"{compiled:.1f}"])
    header = ["work", "beside", "its s", "our s", "ratio", "our compile s"]
    print_table(console(), Table(header, rows))


if __name__ == "__main__":
    main()
