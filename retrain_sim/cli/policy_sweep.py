"""``retrain-sim policy sweep``: a policy scenario at many settings."""

from __future__ import annotations

import shlex
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any

from cyclopts import Parameter

from retrain_sim.cli.app import Settings, Whole, configure, print_json
from retrain_sim.cli.dry_run import show_estimate
from retrain_sim.cli.policy import load_policy, policy
from retrain_sim.cli.resuming import Over, check_nothing_else, continued_with
from retrain_sim.errors import UserError


@policy.command
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
    dry_run: Annotated[bool, Parameter(negative="")] = False,
    json: Annotated[bool, Parameter(negative="")] = False,
) -> int:
    """Train a policy scenario at many settings, and store all results.

    Args:
        source: A ready scenario (see policy list) or a TOML file; it may have a [sweep]
            table.
        over: What to sweep; may be repeated.
        random: Draw this many points at random instead of a grid.
        settings: Change a value of the scenario at all points; may be repeated.
        seed: The first seed.
        seeds: How many seeds at every point.
        rounds: How many rounds of training.
        out: Folder for the results; by default sweeps/NAME-1, -2, ...
        force: Replace an earlier sweep in the folder.
        resume: Continue the interrupted sweep in this folder.
        dry_run: Time one unit; run nothing else, write nothing.
        json: Print one JSON object and nothing else.
    """
    others = (source or None, over, random, settings, seed, seeds, rounds, out, force)
    if resume is not None:
        check_nothing_else("sweep", *others, dry_run)
        return _finish(_resume(resume), resume, json)
    if not source:
        hint = "retrain-sim policy sweep many-solutions --over ..."
        raise UserError(f"policy sweep needs a scenario: {hint}")
    spec = load_policy(source, settings, seed, seeds, rounds)
    from retrain_sim.folders import free_folder
    from retrain_sim.sweeping.table import design_of, with_table

    design = design_of(spec, over or [], random)
    spec = with_table(spec, over or [], random)
    if dry_run:
        return show_estimate(_estimated(spec, design), json)
    folder = out or free_folder(spec.name, Path("sweeps"))
    return _finish(_begin(spec, design, folder, force), folder, json)


def _resume(folder: Path) -> Callable[[Any], Any]:
    def work(bar: Any) -> Any:
        from retrain_sim.policy.sweep import resume_policy_sweep

        return resume_policy_sweep(folder, listener=bar)

    return work


def _begin(spec: Any, design: Any, folder: Path, force: bool) -> Callable[[Any], Any]:
    command = shlex.join(["retrain-sim", *sys.argv[1:]])

    def work(bar: Any) -> Any:
        from retrain_sim.policy.sweep import sweep_policies

        about = {"force": force, "command": command, "listener": bar}
        return sweep_policies(spec, design, folder, **about)

    return work


def _estimated(spec: Any, design: Any) -> Callable[[Any], Any]:
    def work(report: Any) -> Any:
        from retrain_sim.policy.sweep_estimate import estimate_policies

        return estimate_policies(spec, design, report)

    return work


def _finish(work: Callable[[Any], Any], folder: Path, as_json: bool) -> int:
    """Sweep under a progress bar, and print what was found."""
    configure()
    from retrain_sim import terminal
    from retrain_sim.policy.sweep_results import (
        policy_points_table,
        policy_sweep_results,
        policy_sweep_summary,
        policy_trouble,
    )

    bar = terminal.Bar(quiet=as_json, unit="runs", doing="training")
    with continued_with("policy sweep --resume", folder, bar):
        found = policy_sweep_results(work(bar))
    if as_json:
        print_json(policy_sweep_summary(found) | {"out": str(folder)})
        return 0
    print(f"\n{found.attrs['title']}")
    rounds, seeds = found.sizes["step"], found.sizes["seed"]
    print(f"after {rounds} rounds, {seeds} seeds at every point\n")
    terminal.print_table(terminal.console(), policy_points_table(found))
    if policy_trouble(found):
        print(f"beware: {policy_trouble(found)}")
    print(f"data:     {folder}  (retrain_sim.open_results)")
    print(f"Try next:\n  retrain-sim plot {shlex.quote(str(folder))}")
    return 0
