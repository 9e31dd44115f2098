"""Run experiments: ``python -m experiments list | run NAME|all [--smoke | --full]``."""

from __future__ import annotations

import sys
import time
from pathlib import Path
from typing import NamedTuple

from cyclopts import App

from experiments.base import Experiment, discover, find
from retrain_sim.cli import configure, guarded
from retrain_sim.errors import UserError
from retrain_sim.folders import free_folder
from retrain_sim.tables import Table
from retrain_sim.terminal import console, print_table
from retrain_sim.verdicts import CLOSE, FAIL, NOT_APPLICABLE, PASS, Verdict

app = App(
    name="python -m experiments",
    help="Put the field's claims to the test.",
    result_action="return_value",
)


@app.command(name="list")
def list_() -> int:
    """List the experiments: claim, source, minutes on two cores, expected numbers."""
    out = console()
    for experiment in discover().values():
        times = ", ".join(f"{k} {v:g}" for k, v in experiment.minutes.items())
        out.print(f"[bold]{experiment.name}[/bold]: {experiment.claim}")
        out.print(f"    source:   {experiment.source}")
        out.print(f"    minutes:  {times}")
        out.print(f"    expected: {experiment.expected}\n")
    return 0


@app.command
def run(
    name: str, *, smoke: bool = False, full: bool = False, out: Path | None = None
) -> int:
    """Run an experiment; exit code 1 if a verdict that should hold fails.

    Args:
        name: Its name, or all.
        smoke: A small version, in seconds.
        full: The full size.
        out: Folder for the results; by default runs/NAME-1, -2, ...
    """
    if smoke and full:
        raise UserError("--smoke and --full exclude each other")
    profile = "smoke" if smoke else "full" if full else "default"
    experiments = find(name)
    configure()
    done = [_run_one(experiment, profile, out) for experiment in experiments]
    if len(done) > 1:
        _print_summary(done)
    failed = [outcome.name for outcome in done if outcome.count(FAIL)]
    if failed:
        console().print(f"[bold red]failed: {', '.join(failed)}[/bold red]")
    return 1 if failed else 0


class Outcome(NamedTuple):
    """What came of one experiment."""

    name: str
    verdicts: list[Verdict]
    seconds: float

    def count(self, verdict: str) -> int:
        """Count the verdicts of one kind."""
        return sum(found.verdict == verdict for found in self.verdicts)


def _run_one(experiment: Experiment, profile: str, out: Path | None) -> Outcome:
    folder = out / experiment.name if out else free_folder(experiment.name)
    if folder.exists() and any(folder.iterdir()):
        raise UserError(f"{folder} already exists: choose another --out")
    shown = console()
    shown.print(f"\n[bold]{experiment.name}[/bold] ({profile}): {experiment.claim}")
    began = time.perf_counter()
    verdicts = experiment.run(profile, folder)
    rows = [[v.subject, v.reason, v.verdict] for v in verdicts]
    print_table(shown, Table(["what should hold", "measured", "verdict"], rows))
    shown.print(f"expected: {experiment.expected}")
    shown.print(f"figure:   {folder / 'figure.png'}")
    seconds = time.perf_counter() - began
    shown.print(f"{seconds:.0f} s")
    return Outcome(experiment.name, verdicts, seconds)


def _print_summary(done: list[Outcome]) -> None:
    """Print one line per experiment: how many verdicts of each kind, and seconds."""
    kinds = (PASS, CLOSE, FAIL, NOT_APPLICABLE)
    rows = [
        [o.name, *(str(o.count(kind) or "-") for kind in kinds), f"{o.seconds:.0f} s"]
        for o in done
    ]
    print("\nall experiments")
    print_table(console(), Table(["experiment", *kinds, "time"], rows))


if __name__ == "__main__":
    sys.exit(guarded(app))
