"""Sweep a policy scenario: train at every point, store unit after unit."""

from __future__ import annotations

from pathlib import Path

from retrain_sim.errors import UserError
from retrain_sim.policy.spec import PolicySpec
from retrain_sim.policy.sweep_folder import PolicySweepFolder
from retrain_sim.policy.sweep_points import (
    check_policy_design,
    train_points,
    units_of,
)
from retrain_sim.runner import Listener
from retrain_sim.simulate import Progress
from retrain_sim.sweeping.design import Design
from retrain_sim.sweeping.folder import check_sweep_target
from retrain_sim.sweeping.lock import locked, replaceable


def sweep_policies(
    spec: PolicySpec,
    design: Design,
    out: str | Path,
    *,
    force: bool = False,
    command: str = "",
    listener: Listener | None = None,
) -> PolicySweepFolder:
    """Train every arm and seed of a policy scenario at every point of a design.

    Seeds are paired: between arms, and between points.

    Args:
        spec: from ``load_policy_spec``.
        design: from ``retrain_sim.sweeping.grid`` or ``drawn``.
        out: a folder for the sweep, new or empty unless ``force`` is set.
        force: replace an earlier sweep in ``out``.
        command: what was typed, for the record.
        listener: told about progress, in runs of a point, an arm and a seed.

    Returns:
        The folder; ``retrain_sim.open_results`` reads it.

    Raises:
        UserError: the design or the folder cannot be used; finished units stay.

    Example:
        >>> import tempfile
        >>> from retrain_sim import open_results
        >>> from retrain_sim.policy.spec import load_policy_spec
        >>> from retrain_sim.sweeping import grid, parse_axis
        >>> small = {"run.seeds": 2, "run.rounds": 3, "arms": {}}
        >>> spec = load_policy_spec("random-reward", small)
        >>> design = grid([parse_axis("algorithm.clip.e_high=0.2,0.5")])
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     path = sweep_policies(spec, design, folder).path
        ...     dict(open_results(path)["policy/entropy"].sizes)
        {'e_high': 2, 'arm': 1, 'seed': 2, 'round': 4}
    """
    path = Path(out)
    check_sweep_target(path, force)
    check_policy_design(spec, design)
    with replaceable(path, force):
        folder = PolicySweepFolder.create(path, spec, design, command, force)
    try:
        with locked(folder.path):
            _carry_out(folder, spec, design, listener or Listener())
    except (UserError, OSError):
        folder.discard()
        raise
    return folder


def resume_policy_sweep(
    path: str | Path, *, listener: Listener | None = None
) -> PolicySweepFolder:
    """Do what is left of a sweep that was interrupted or killed.

    Raises:
        UserError: not a sweep of policies, damaged, in use, or of other versions.
    """
    folder = PolicySweepFolder.open(Path(path))
    with locked(folder.path):
        folder.check_versions()
        spec, design = folder.spec(), folder.design()
        _carry_out(folder, spec, design, listener or Listener())
    return folder


def _carry_out(
    folder: PolicySweepFolder, spec: PolicySpec, design: Design, listener: Listener
) -> None:
    """Train the units that are not there."""
    n_seeds, total = spec.run.seeds, len(design) * len(spec.arms) * spec.run.seeds
    done, finished = folder.done(len(design), spec.run.seed, n_seeds), 0
    for points in units_of(spec, design):
        listener.progress(Progress(finished, total))
        if not done[points].all():
            folder.add(train_points(spec, design, points))
        finished += len(points) * len(spec.arms) * n_seeds
    listener.progress(Progress(total, total))
