"""Peak memory of a long simulation of many seeds, in a process of its own."""

from __future__ import annotations

import json
import resource
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import retrain_sim as rs
from benchmarks.case import scaled
from retrain_sim.cli import configure
from retrain_sim.simulate import Simulation

NAME = "memory"
WORK = "2-D Gaussian refitted to n = 100, 1 000 seeds, 1 000 rounds, every round kept"
SEEDS, ROUNDS, TARGET_MB = 1000, 1000, 2000


def measure(scale: float = 1.0) -> dict[str, float]:
    """Run the simulation in a new process; return seconds and peak resident MB."""
    return in_process("benchmarks.memory", str(scale))


def in_process(module: str, *words: str) -> dict[str, float]:
    """Run a module in a new process; return what it reports."""
    command = [sys.executable, "-m", module, *words]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    return json.loads(done.stdout)


def report(work: Callable[[], dict[str, float]]) -> None:
    """Do some work in this process; print its row and the peak resident MB."""
    configure()
    row = work()
    print(json.dumps(row | {"peak_mb": _peak_mb()}))


def _peak_mb() -> float:
    """Return the greatest resident size of this process so far."""
    status = Path("/proc/self/status")
    if status.exists():  # the other count includes the process that started this one
        lines = dict(line.split(":", 1) for line in status.read_text().splitlines())
        return int(lines["VmHWM"].split()[0]) / 2**10
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20  # macOS: bytes


def _simulate(scale: float) -> dict[str, float]:
    changes = {
        "data.dim": 2,
        "reward": [
            {"name": "indifferent", "kind": "quadratic-peak", "center": [0.0, 0.0]}
        ],
        "run.seeds": scaled(SEEDS, scale),
        "run.rounds": scaled(ROUNDS, scale),
        "run.shown": 1,
        "curation.n_kept": 100,
        "metrics.names": ["spread"],
    }
    prepared = rs.prepare(rs.load_spec("gaussian-decay", changes))
    simulation = Simulation(prepared)
    began = time.perf_counter()
    simulation.run()
    taken = time.perf_counter() - began
    return {"our_s": taken, "compile_s": simulation.compile_s}


if __name__ == "__main__":
    report(lambda: _simulate(float(sys.argv[1])))
