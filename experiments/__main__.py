"""Run experiments: ``python -m experiments list | run NAME|all [--smoke | --full]``.

Some have a further profile: ``run NAME --profile paper --data PATH``.
"""

from __future__ import annotations

import sys
import time
from pathlib import Path
from typing import NamedTuple

from cyclopts import App

from experiments.base import PAPER, PROFILES, Experiment, discover, find
from retrain_sim.cli import configure, guarded
from retrain_sim.errors import UserError, nearest
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
        out.print(f"    expected: {experiment.expected}")
        if experiment.data:
            out.print(f"    paper:    --profile paper; {experiment.data}")
        out.print("")
    return 0


@app.command
def run(
    name: str,
    *,
    smoke: bool = False,
    full: bool = False,
    profile: str = "",
    data: Path | None = None,
    out: Path | None = None,
) -> int:
    """Run an experiment; exit code 1 if a verdict that should hold fails.

    Args:
        name: Its name, or all.
        smoke: A small version, in seconds.
        full: The full size.
        profile: smoke, default, full, or paper: the paper's sizes on its own data.
        data: The data's files, for the profile paper.
        out: Folder for the results; by default runs/NAME-1, -2, ...
    """
    profile = chosen_profile(smoke, full, profile)
    experiments = find(name)
    for experiment in experiments:
        check_data(experiment, profile, data)
    configure()
    done = [_run_one(experiment, profile, data, out) for experiment in experiments]
    if len(done) > 1:
        _print_summary(done)
    failed = [outcome.name for outcome in done if outcome.count(FAIL)]
    if failed:
        console().print(f"[bold red]failed: {', '.join(failed)}[/bold red]")
    return 1 if failed else 0


def chosen_profile(smoke: bool, full: bool, profile: str) -> str:
    """Return the one profile that was asked for.

    Raises:
        UserError: there are several, or there is none of this name.

    Example:
        >>> chosen_profile(True, False, ""), chosen_profile(False, False, "")
        ('smoke', 'default')
    """
    asked = ["smoke"] * smoke + ["full"] * full + [profile] * bool(profile)
    if len(asked) > 1:
        raise UserError("--smoke, --full and --profile exclude each other")
    if profile and profile not in (*PROFILES, PAPER):
        raise UserError(
            f"--profile: no {profile!r}; {nearest(profile, (*PROFILES, PAPER))}"
        )
    return asked[0] if asked else "default"


def check_data(experiment: Experiment, profile: str, data: Path | None) -> None:
    """Refuse data that nobody reads, and a paper's profile without its data."""
    if profile != PAPER:
        if data is not None:
            raise UserError("--data belongs to --profile paper")
        return
    if experiment.run_paper is None:
        known = [e.name for e in discover().values() if e.run_paper]
        raise UserError(
            f"{experiment.name} has no profile paper; these have: {', '.join(known)}"
        )
    if data is None or not data.exists():
        found = "is missing" if data is None else f"{data}: no such file or folder"
        raise UserError(f"{experiment.name}: --data {found}; {experiment.data}")


class Outcome(NamedTuple):
    """What came of one experiment."""

    name: str
    verdicts: list[Verdict]
    seconds: float

    def count(self, verdict: str) -> int:
        """Count the verdicts of one kind."""
        return sum(found.verdict == verdict for found in self.verdicts)


def _run_one(
    experiment: Experiment, profile: str, data: Path | None, out: Path | None
) -> Outcome:
    folder = out / experiment.name if out else free_folder(experiment.name)
    if folder.exists() and any(folder.iterdir()):
        raise UserError(f"{folder} already exists: choose another --out")
    shown = console()
    shown.print(f"\n[bold]{experiment.name}[/bold] ({profile}): {experiment.claim}")
    began = time.perf_counter()
    if data is not None and experiment.run_paper is not None:
        verdicts = experiment.run_paper(data, folder)
    else:
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
