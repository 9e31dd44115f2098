"""``retrain-sim policy``: train policies on their own rollouts."""

from __future__ import annotations

import shlex
import sys
from pathlib import Path
from typing import Any

from cyclopts import App

from retrain_sim.cli.app import Settings, Whole, app, configure, print_json
from retrain_sim.cli.resuming import check_nothing_else, continued_with
from retrain_sim.errors import UserError

policy = App(
    name="policy",
    help="Train policies on their own rollouts: run, sweep, list, compare.",
    result_action="return_value",
)
app.command(policy)

MOST_COLUMNS = 5
"""Metrics in the table of a terminal; the report has all of them."""


@policy.command
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
    json: bool = False,
) -> int:
    """Train every arm of a policy scenario, and write a report.

    Args:
        source: A ready scenario (see policy list) or a TOML file; many-solutions by
            default.
        settings: Change a value of the scenario; may be repeated.
        seed: The first seed.
        seeds: How many seeds.
        rounds: How many rounds of training.
        out: Folder for the results; by default runs/NAME-1, -2, ...
        force: Replace an earlier run in the folder.
        resume: Continue the interrupted run in this folder.
        json: Print one JSON object and nothing else.
    """
    others = (source or None, settings, seed, seeds, rounds, out, force)
    if resume is not None:
        check_nothing_else("scenario", *others)
        return _finish(None, resume, False, json)
    spec = load_policy(source or "many-solutions", settings, seed, seeds, rounds)
    from retrain_sim.folders import check_target, free_folder

    folder = out or free_folder(spec.name)
    check_target(folder, force)
    return _finish(spec, folder, force, json)


def load_policy(source: str, settings: list[str] | None, *sizes: int | None) -> Any:
    """Read the scenario that the command names; sizes: seed, seeds, rounds."""
    from retrain_sim.overrides import override_all
    from retrain_sim.policy.spec import load_policy_spec

    names = ("run.seed", "run.seeds", "run.rounds")
    given = {n: v for n, v in zip(names, sizes, strict=True) if v is not None}
    return load_policy_spec(source, override_all(settings or []) | given)


def _finish(spec: Any, folder: Path, force: bool, as_json: bool) -> int:
    """Train under a progress bar, then draw, write and print."""
    configure()
    from retrain_sim.policy.report import (
        metrics_of,
        policy_table,
        write_policy_report,
    )
    from retrain_sim.policy.runner import resume_policy, run_policy
    from retrain_sim.terminal import Bar, console, print_table

    bar = Bar(quiet=as_json, doing="training")
    with continued_with("policy run --resume", folder, bar):
        if spec is None:
            result = resume_policy(folder, listener=bar)
        else:
            command = shlex.join(["retrain-sim", *sys.argv[1:]])
            result = run_policy(
                spec, folder, force=force, command=command, listener=bar
            )
        page = write_policy_report(result, folder)
    if as_json:
        print_json(result.summary() | {"out": str(folder)})
        return 0
    shown, about = console(), result.spec.run
    print(f"\n{result.spec.title}")
    print(f"{about.rounds} rounds, {about.seeds} seeds, {result.seconds:.0f} s\n")
    print_table(shown, policy_table(result, MOST_COLUMNS))
    rest = [name.removeprefix("policy/") for name in metrics_of(result)[MOST_COLUMNS:]]
    if rest:
        print(f"in the report, too: {', '.join(rest)}")
    for line in result.notes:
        print(f"warning: {line}")
    print(f"report: {page}")
    return 0


@policy.command(name="list")
def list_() -> int:
    """List policy scenarios, algorithms, and every part of them: one line each."""
    from retrain_sim.policy.listing import listing

    for heading, rows in listing().items():
        print(f"\n{heading}")
        for name, line in rows.items():
            print(f"  {name:<20} {line}")
    return 0


@policy.command
def compare(*folders: Path, metric: str = "", out: Path | None = None) -> int:
    """Compare finished policy runs in one table and one picture.

    Args:
        folders: Two run folders or more.
        metric: What to compare; by default policy/pass@1.
        out: File for the picture; by default compare.png in the last folder.
    """
    if len(folders) < 2:
        raise UserError(f"compare needs two run folders or more, got {len(folders)}")
    from retrain_sim.files import write_atomic
    from retrain_sim.policy.report import policy_comparison
    from retrain_sim.report import png
    from retrain_sim.terminal import console, print_table

    table, figure = policy_comparison(folders, metric)
    path, image = out or folders[-1] / "compare.png", png(figure)
    write_atomic(path, lambda file: file.write(image))
    print("\nmeans over seeds ± standard error, after the last round\n")
    print_table(console(), table)
    print(f"picture: {path}")
    return 0
