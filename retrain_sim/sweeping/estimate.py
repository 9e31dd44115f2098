"""The estimate before a sweep: runs, compilations, memory, time."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from retrain_sim.sweeping.design import Design
from retrain_sim.sweeping.dispatch import time_one_unit
from retrain_sim.sweeping.footprint import Footprint, in_words
from retrain_sim.sweeping.plan import Plan


def estimate(
    plan: Plan, report: Callable[[str], None] = lambda line: None
) -> dict[str, Any]:
    """Time one unit, and say what the whole sweep amounts to.

    Args:
        plan: from ``plan_sweep``.
        report: called with a line of text before the unit.

    Returns:
        ``points``, ``arms``, ``seeds``, ``runs`` (one point, arm and seed each),
        ``compilations``, ``memory`` and ``results`` (bytes), ``compile_s``, ``run_s``.
    """
    report("timing one unit")
    seconds, compile_s = time_one_unit(plan)
    n_programs = plan.n_programs
    own = next(len(set(share.programs)) for share in plan.shares if share.left)
    room = plan.room[0] * plan.room[1]
    return sizes_of(plan.spec, plan.design, plan.footprint, room) | {
        "compilations": n_programs,
        "compile_s": compile_s * n_programs / own,
        "run_s": seconds,
    }


def sizes_of(
    spec: Any, design: Design, footprint: Footprint, room: int
) -> dict[str, Any]:
    """Return what an estimate says of a sweep before anything is timed.

    Args:
        spec: what is swept: its ``run`` and its ``arms``.
        design: the points.
        footprint: of a run, a point with all its arms and one seed.
        room: runs of a unit, at most.
    """
    n_runs = len(design) * spec.run.seeds
    return {
        "points": len(design),
        "arms": len(spec.arms),
        "seeds": spec.run.seeds,
        "rounds": spec.run.rounds,
        "runs": n_runs * len(spec.arms),
        "memory": footprint.peak(min(room, n_runs)),
        "limit": footprint.limit,
        "results": footprint.records * n_runs,
    }


def estimate_lines(found: dict[str, Any]) -> list[str]:
    """Write an estimate for people."""
    f, held = found, in_words(found["memory"])
    runs = f"{f['points']} points x {f['arms']} arms x {f['seeds']} seeds"
    total = f["compile_s"] + f["run_s"]
    return [
        f"runs:          {f['runs']} ({runs}), {f['rounds']} rounds each",
        f"compilations:  {f['compilations']} at most",
        f"memory:        about {held} of {in_words(f['limit'])} allowed",
        f"results:       {in_words(f['results'])} on disk",
        f"time:          about {in_time(total)}, {in_time(f['compile_s'])} of it "
        "compiling (one unit was timed)",
    ]


def in_time(seconds: float) -> str:
    """Write a duration for people.

    Example:
        >>> in_time(4.2), in_time(150), in_time(7300)
        ('4 s', '2.5 min', '2.0 h')
    """
    if seconds < 100:
        return f"{seconds:.0f} s"
    return f"{seconds / 60:.1f} min" if seconds < 6000 else f"{seconds / 3600:.1f} h"
