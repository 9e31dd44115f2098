"""``--dry-run``: what a sweep amounts to, printed; nothing is written."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from retrain_sim.cli.app import configure, print_json


def show_estimate(work: Callable[[Any], dict[str, Any]], as_json: bool) -> int:
    """Estimate a sweep, and print what it amounts to.

    Args:
        work: plans the sweep and times one unit; called with what reports a line.
        as_json: one object instead of lines.

    Returns:
        The exit code.
    """
    configure()
    from retrain_sim.sweeping.estimate import estimate_lines
    from retrain_sim.terminal import Bar

    found = work(Bar(quiet=as_json).stage)
    if as_json:
        print_json(found)
    else:
        print("\n".join(estimate_lines(found)))
    return 0
