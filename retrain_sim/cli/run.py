"""``retrain-sim run``: simulate, predict, judge, report."""

from __future__ import annotations

import shlex
import sys
from collections.abc import Callable
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
from retrain_sim.errors import UserError


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
    gif: bool = False,
    json: bool = False,
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
        gif: Also draw the samples round by round as an animated GIF.
        json: Print one JSON object and nothing else.
    """
    others = (source or None, settings, seed, seeds, rounds, out, force or None)
    if resume is not None and any(value is not None for value in others):
        raise UserError(
            "--resume takes the scenario from the folder: give nothing else"
        )
    if resume is not None:
        return _resume(resume, gif, json)
    spec = load(source or DEFAULT, settings, seed=seed, seeds=seeds, rounds=rounds)
    from retrain_sim.store import check_target, free_folder

    folder = out or free_folder(spec.name)
    check_target(folder, force)
    command = shlex.join(["retrain-sim", *sys.argv[1:]])

    def simulate(bar: Any) -> Any:
        from retrain_sim import runner

        return runner.run(spec, folder, force=force, command=command, listener=bar)

    return _finish(simulate, folder, gif, json)


def _resume(folder: Path, gif: bool, as_json: bool) -> int:
    def simulate(bar: Any) -> Any:
        from retrain_sim import runner

        return runner.resume(folder, listener=bar)

    return _finish(simulate, folder, gif, as_json)


def _finish(
    simulate: Callable[[Any], Any], folder: Path, gif: bool, as_json: bool
) -> int:
    """Simulate under a progress bar, then draw, write and print the result."""
    configure()
    from retrain_sim.report import write_report
    from retrain_sim.terminal import Bar, print_result

    bar = Bar(quiet=as_json)
    try:
        result = simulate(bar)
        bar.stage("drawing")
        written = write_report(result, folder, gif)
    except KeyboardInterrupt:
        again = f"retrain-sim run --resume {shlex.quote(str(folder))}"
        hint = f"continue with: {again}" if folder.exists() else "nothing was written"
        raise UserError(f"interrupted; {hint}") from None
    finally:
        bar.close()
    if as_json:
        print_json(result.summary() | {"out": str(folder)})
    else:
        print_result(result, folder, written[-1])
    return 0
