"""Time every benchmark, or those named: ``python -m benchmarks [--list] [NAME...]``."""

from __future__ import annotations

import argparse
import sys

from benchmarks import (
    assignment,
    curated_loop,
    diffusion_round,
    distances,
    finite_k_map,
    flow_round,
    gaussian_loop,
    images,
    k_choice,
    language,
    large_k_map,
    mixture,
    nash,
    policy,
    sweeps,
    transformer_rl,
)
from benchmarks.case import Benchmark
from benchmarks.measure import MEMORY, compare, measure_memory, missing
from benchmarks.results import save, table
from retrain_sim.cli import configure
from retrain_sim.terminal import console, print_table

MODULES = (
    large_k_map,
    finite_k_map,
    gaussian_loop,
    curated_loop,
    k_choice,
    mixture,
    assignment,
    nash,
    flow_round,
    diffusion_round,
    images,
    policy,
    sweeps,
    language,
    transformer_rl,
    distances,
)
ALL: dict[str, Benchmark] = {b.name: b for m in MODULES for b in m.BENCHMARKS}
NAMES = (*ALL, *MEMORY)


def main(words: list[str] | None = None) -> None:
    """Run benchmarks; print the table, and write results.json and the README."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help="all by default")
    parser.add_argument("--list", action="store_true", help="list the names")
    given = parser.parse_args(words)
    unknown = [name for name in given.names if name not in NAMES]
    if unknown:
        parser.error(f"unknown {', '.join(unknown)}; allowed: {', '.join(NAMES)}")
    if given.list:
        print("\n".join(f"{name:<16} {_work(name)}" for name in NAMES))
        return
    configure()
    rows, differing = [], []
    for name in given.names or NAMES:
        print(f"{name} ...", flush=True)
        try:
            row = _measure(name)
        except AssertionError as error:
            print(f"{name}: the results differ: {error}")
            differing.append(name)
            continue
        if row:
            rows.append(row)
            save(rows)
    print_table(console(), table(rows))
    if differing:
        sys.exit(f"no time is worth a wrong result: {', '.join(differing)}")


def _work(name: str) -> str:
    return MEMORY[name].WORK if name in MEMORY else ALL[name].work


def _measure(name: str) -> dict | None:
    if name in MEMORY:
        return measure_memory(name)
    lacking = missing(ALL[name])
    if lacking:
        print(f"{name}: skipped, not installed: {', '.join(lacking)}")
        return None
    return compare(ALL[name])


if __name__ == "__main__":
    main()
