"""``retrain-sim run``: simulate, predict, judge, report."""

from __future__ import annotations

import shlex
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

from retrain_sim.cli.app import (
    DEFAULT,
    Settings,
    Whole,
    app,
    configure,
    load,
    print_json,
)
from retrain_sim.cli.processes import join, one_voice
from retrain_sim.cli.resuming import check_nothing_else, continued_with


@app.command
def run(
    source: str = "",
    *,
    settings: Settings = None,
    seed: Whole = None,
    seeds: Whole = None,
    rounds: Whole = None,
    out: Path | None = None,
    force: bool = False,
    resume: Path | None = None,
    track: Path | None = None,
    gif: bool = False,
    json: bool = False,
    distributed: bool = False,
    coordinator: str | None = None,
    processes: Whole = None,
    process: Whole = None,
) -> int:
    """Simulate a scenario, predict it, judge it, and write a report.

    Args:
        source: Name of a ready scenario (see list) or a TOML file; digits by default.
        settings: Change a value of the scenario; may be repeated.
        seed: The first seed.
        seeds: How many seeds.
        rounds: How many rounds of retraining.
        out: Folder for the results; by default runs/NAME-1, -2, ...
        force: Replace an earlier run in the folder.
        resume: Continue the interrupted run in this folder.
        track: Folder for TensorBoard: metrics by round, while the run is under way.
        gif: Also draw the samples round by round as an animated GIF.
        json: Print one JSON object and nothing else.
        distributed: Spread the runs over processes on several hosts. Slurm and Open
            MPI say which they are; else the next three options do.
        coordinator: HOST:PORT where process 0 awaits the others.
        processes: How many processes there are.
        process: Which of them this is, from 0.
    """
    others = (source or None, settings, seed, seeds, rounds, out, force)
    if resume is not None:
        check_nothing_else("scenario", *others)
    join(distributed, coordinator, processes, process)
    with one_voice():
        if resume is not None:
            if not distributed:
                configure()
            return _finish(partial(_resume, resume), resume, track, gif, json)
        changes = {"seed": seed, "seeds": seeds, "rounds": rounds}
        spec, folder = _target(source, settings, changes, out, force)
        if not distributed:
            configure()
        return _finish(partial(_start, spec, folder, force), folder, track, gif, json)


def _target(
    source: str,
    settings: list[str] | None,
    changes: dict,
    out: Path | None,
    force: bool,
) -> tuple[Any, Path]:
    """Read the scenario, and choose the folder, before anything is computed."""
    from retrain_sim import hosts
    from retrain_sim.folders import check_target, free_folder

    spec = hosts.together(lambda: load(source or DEFAULT, settings, **changes))
    folder = out or free_folder(spec.name)
    hosts.first_alone(lambda: check_target(folder, force))
    return spec, folder


def _start(spec: Any, folder: Path, force: bool, **watchers: Any) -> Any:
    from retrain_sim import runner

    command = shlex.join(["retrain-sim", *sys.argv[1:]])
    return runner.run(spec, folder, force=force, command=command, **watchers)


def _resume(folder: Path, **watchers: Any) -> Any:
    from retrain_sim import runner

    return runner.resume(folder, **watchers)


def _tracker(track: Path | None, folder: Path) -> Any:
    """Make what writes for TensorBoard: the run gets a folder named like its own."""
    if track is None:
        return None
    from retrain_sim import hosts
    from retrain_sim.tracking import TensorBoard

    return hosts.together(lambda: TensorBoard(track / folder.absolute().name))


def _finish(
    simulate: Callable[..., Any],
    folder: Path,
    track: Path | None,
    gif: bool,
    as_json: bool,
) -> int:
    """Simulate under a progress bar, then draw, write and print the result."""
    from retrain_sim import hosts
    from retrain_sim.report import write_report
    from retrain_sim.terminal import Bar, print_result

    bar = Bar(quiet=as_json or not hosts.is_first())
    command = shlex.join(
        ["run", *(["--track", str(track)] if track else []), "--resume"]
    )
    with continued_with(command, folder, bar):
        result = simulate(listener=bar, tracker=_tracker(track, folder))
        if not hosts.is_first():
            return 0
        bar.stage("drawing")
        written = write_report(result, folder, gif)
    if as_json:
        print_json(result.summary() | {"out": str(folder)})
    else:
        print_result(result, folder, written[-1])
    return 0
