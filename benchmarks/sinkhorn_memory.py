"""Peak memory of a large Sinkhorn divergence, in a process of its own."""

from __future__ import annotations

import sys

from benchmarks.case import scaled
from benchmarks.memory import in_process, report

NAME = "sinkhorn-memory"
WORK = "Sinkhorn divergence, 5 000 x 5 000 points in 64 dimensions"
TARGET_MB = 4000


def measure(scale: float = 1.0) -> dict[str, float]:
    """Compare two samples in a new process; return seconds and peak resident MB."""
    return in_process("benchmarks.sinkhorn_memory", str(scale))


def _compare(scale: float) -> dict[str, float]:
    import time

    from benchmarks.distances import samples
    from retrain_sim.dose.distances import squared_sinkhorn

    x, y = samples(scaled(5000, scale, 50))
    began = time.perf_counter()
    squared_sinkhorn(x, y)
    first = time.perf_counter()
    squared_sinkhorn(x, y)
    taken = time.perf_counter() - first
    return {"our_s": taken, "compile_s": first - began - taken}


if __name__ == "__main__":
    report(lambda: _compare(float(sys.argv[1])))
