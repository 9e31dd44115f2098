"""Peak memory of a sweep, in a process of its own, beside the limit asked for."""

from __future__ import annotations

import sys

from benchmarks.case import scaled
from benchmarks.memory import in_process, report

NAME = "sweep-memory"
WORK = "10 000 runs of a 2-D Gaussian, 50 rounds, --memory 1GB"
TARGET_MB = 1000


def measure(scale: float = 1.0) -> dict[str, float]:
    """Sweep in a new process; return seconds and peak resident MB."""
    return in_process("benchmarks.sweep_memory", str(scale))


def _sweep(scale: float) -> dict[str, float]:
    import tempfile
    import time

    from benchmarks.sweeps import STORED, gaussian
    from retrain_sim.sweeping import Options, grid, parse_axis, sweep

    spec = gaussian(100)
    n_points = scaled(STORED // 100, scale)
    design = grid([parse_axis(f"regime.real_share=0:0.5:{n_points}")])
    began = time.perf_counter()
    with tempfile.TemporaryDirectory() as name:
        sweep(spec, design, f"{name}/s", options=Options(memory=TARGET_MB * 10**6))
    return {"our_s": time.perf_counter() - began, "compile_s": 0.0}


if __name__ == "__main__":
    report(lambda: _sweep(float(sys.argv[1])))
