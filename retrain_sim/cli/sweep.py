"""``retrain-sim sweep``: a scenario at many settings, stored as one data set."""

from __future__ import annotations

import shlex
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any

from cyclopts import Parameter

from retrain_sim.cli.app import Settings, Whole, app, configure, load, print_json
from retrain_sim.cli.dry_run import show_estimate
from retrain_sim.cli.engines import chosen_engine
from retrain_sim.cli.resuming import Over, check_nothing_else, continued_with
from retrain_sim.errors import UserError


@app.command
def sweep(
    source: str = "",
    *,
    over: Over = None,
    random: Whole = None,
    settings: Settings = None,
    seed: Whole = None,
    seeds: Whole = None,
    rounds: Whole = None,
    out: Path | None = None,
    force: bool = False,
    resume: Path | None = None,
    memory: str = "",
    batch: str = "auto",
    theory: bool = True,
    engine: str = "local",
    address: str | None = None,
    workers: Whole = None,
    resources: str = "",
    dry_run: Annotated[bool, Parameter(negative="")] = False,
    json: Annotated[bool, Parameter(negative="")] = False,
) -> int:
    """Run a scenario at many settings, beside theory, and store all results.

    Args:
        source: Name of a ready scenario or a TOML file; it may have a [sweep] table.
        over: What to sweep; may be repeated.
        random: Draw this many points at random instead of a grid.
        settings: Change a value of the scenario at all points; may be repeated.
        seed: The first seed.
        seeds: How many seeds at every point.
        rounds: How many rounds of retraining.
        out: Folder for the results; by default sweeps/NAME-1, -2, ...
        force: Replace an earlier sweep in the folder.
        resume: Continue the interrupted sweep in this folder.
        memory: Memory to stay within, as 4GB; by default half of the machine's.
        batch: Runs per unit of work, or auto.
        theory: Predict every point.
        engine: Who does the work: local is this process, dask a cluster.
        address: The cluster's scheduler, as tcp://host:8786; else one starts here.
        workers: Workers to start here, or to wait for in the cluster.
        resources: What a unit of work occupies on its worker, as GPU=1.
        dry_run: Plan and time one unit; run nothing else, write nothing.
        json: Print one JSON object and nothing else.
    """
    options = _options(memory, batch, theory)
    chosen = chosen_engine(engine, address, workers, resources)
    others = (source or None, over, random, settings, seed, seeds, rounds, out)
    if resume is not None:
        check_nothing_else("sweep", *others, force, dry_run)
        from retrain_sim.sweeping.sweep import resume_sweep

        def again(bar: Any) -> Any:
            with chosen as made:
                return resume_sweep(resume, options=options, listener=bar, engine=made)

        return _finish(again, resume, json)
    if not source:
        raise UserError(
            "sweep needs a scenario: retrain-sim sweep two-tribes --over ..."
        )
    spec = load(source, settings, seed=seed, seeds=seeds, rounds=rounds)
    from retrain_sim.folders import free_folder
    from retrain_sim.sweeping.table import design_of, with_table

    design = design_of(spec, over or [], random)
    spec = with_table(spec, over or [], random)
    if dry_run:
        return show_estimate(_estimated(spec, design, options), json)
    folder = out or free_folder(spec.name, Path("sweeps"))
    command = shlex.join(["retrain-sim", *sys.argv[1:]])

    def begin(bar: Any) -> Any:
        from retrain_sim.sweeping.sweep import sweep

        about: dict[str, Any] = {"force": force, "command": command, "listener": bar}
        with chosen as made:
            return sweep(spec, design, folder, options=options, engine=made, **about)

    return _finish(begin, folder, json)


def _options(memory: str, batch: str, theory: bool) -> Any:
    from retrain_sim.sweeping.footprint import parse_memory
    from retrain_sim.sweeping.plan import Options

    if batch != "auto" and not (batch.isdigit() and int(batch) > 0):
        raise UserError(f"--batch {batch}: expected auto, or a number of runs >= 1")
    size = parse_memory(memory) if memory else 0
    return Options(size, None if batch == "auto" else int(batch), theory)


def _estimated(spec: Any, design: Any, options: Any) -> Callable[[Any], Any]:
    def work(report: Any) -> Any:
        from retrain_sim.sweeping.estimate import estimate
        from retrain_sim.sweeping.plan import plan_sweep

        return estimate(plan_sweep(spec, design, options, report=report), report)

    return work


def _finish(work: Callable[[Any], Any], folder: Path, as_json: bool) -> int:
    """Sweep under a progress bar, and print what was found."""
    configure()
    from retrain_sim import terminal
    from retrain_sim.sweeping.dataset import sweep_results
    from retrain_sim.sweeping.summary import (
        points_table,
        sweep_summary,
        trouble_line,
        verdict_line,
    )

    bar = terminal.Bar(quiet=as_json, unit="runs", doing="sweeping")
    with continued_with("sweep --resume", folder, bar):
        done = work(bar)
    spec = done.spec()
    found = sweep_results(done, [spec.headline.metric])
    if as_json:
        print_json(sweep_summary(found, spec) | {"out": str(folder)})
        return 0
    shown = terminal.console()
    shown.print(f"\n{spec.title}", markup=False, style="bold")
    print(f"after {spec.run.rounds} rounds, {spec.run.seeds} seeds at every point\n")
    terminal.print_table(shown, points_table(found, spec))
    print(f"verdicts: {verdict_line(found)}")
    if trouble_line(found):
        print(f"beware: {trouble_line(found)}")
    print(f"data:     {folder}  (retrain_sim.open_results)")
    print(f"Try next:\n  retrain-sim plot {shlex.quote(str(folder))}")
    return 0
