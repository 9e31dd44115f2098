"""What both sides of a benchmark add to a process while they work, at most.

Libraries, parameters and data, which are there before, do not count, and neither does
compiling. Linux only: it keeps the greatest resident size, and can forget it.
"""

from __future__ import annotations

import ctypes
import json
import sys
from collections.abc import Callable
from pathlib import Path

from benchmarks.memory import in_process

PROCESS = Path("/proc/self")


def peaks(name: str, scale: float = 1.0) -> dict[str, float]:
    """Run both sides in a new process; return MB by column, or nothing."""
    if not (PROCESS / "clear_refs").exists():
        return {}
    return in_process("benchmarks.peak", name, str(scale))


def added_mb(work: Callable[[], object]) -> float:
    """Return by how many MB (of 2^20 bytes) the process grew while it worked, at most.

    Example:
        >>> 15 < added_mb(lambda: bytearray(2**24)) < 40  # doctest: +SKIP
        True
    """
    ctypes.CDLL(None).malloc_trim(0)  # what is free already would hide new needs
    (PROCESS / "clear_refs").write_text("5")
    before = _resident_mb("VmRSS")
    work()
    return _resident_mb("VmHWM") - before


def _resident_mb(name: str) -> float:
    lines = (PROCESS / "status").read_text().splitlines()
    found = dict(line.split(":", 1) for line in lines)
    return int(found[name].split()[0]) / 2**10


if __name__ == "__main__":
    from benchmarks.__main__ import ALL
    from retrain_sim.cli import configure

    configure()
    made = ALL[sys.argv[1]].make(float(sys.argv[2]))
    sides = {"our_peak_mb": made.ours, "rival_peak_mb": made.rival}
    print(json.dumps({side: added_mb(work) for side, work in sides.items()}))
