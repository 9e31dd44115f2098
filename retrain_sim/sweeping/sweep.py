"""Sweep: plan, hand units to an engine, store what comes back."""

from __future__ import annotations

from pathlib import Path

from retrain_sim.errors import UserError
from retrain_sim.runner import Listener
from retrain_sim.spec import Spec
from retrain_sim.sweeping.design import Design
from retrain_sim.sweeping.dispatch import dispatch
from retrain_sim.sweeping.engines import Engine, local_engine
from retrain_sim.sweeping.folder import SweepFolder, check_sweep_target
from retrain_sim.sweeping.lock import locked, replaceable
from retrain_sim.sweeping.plan import USUAL, Options, Plan, plan_sweep


def sweep(
    spec: Spec,
    design: Design,
    out: str | Path,
    *,
    options: Options = USUAL,
    force: bool = False,
    command: str = "",
    listener: Listener | None = None,
    engine: Engine | None = None,
) -> SweepFolder:
    """Run a scenario at every point of a design, all seeds, and store everything.

    Args:
        spec: from ``load_spec``; its ``run`` says how many seeds and rounds.
        design: from ``grid`` or ``drawn``.
        out: a folder for the sweep, new or empty unless ``force`` is set.
        options: memory, batches, whether to predict.
        force: replace an earlier sweep in ``out``.
        command: what was typed, for the record.
        listener: told about progress, in runs.
        engine: who does the units; by default this process.

    Returns:
        The folder; ``retrain_sim.open_results`` reads it.

    Raises:
        UserError: the design or the folder cannot be used; finished units stay.

    Example:
        >>> import tempfile
        >>> from retrain_sim import load_spec, open_results
        >>> from retrain_sim.sweeping import grid, parse_axis
        >>> spec = load_spec("coin-drift", {"run.seeds": 4, "run.rounds": 3})
        >>> design = grid([parse_axis("curation.n_kept=10,20")])
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     dict(open_results(sweep(spec, design, folder).path).sizes)
        {'n_kept': 2, 'arm': 1, 'seed': 4, 'round': 4, 'step': 3}
    """
    listener, path = listener or Listener(), Path(out)
    check_sweep_target(path, force)
    plan = plan_sweep(spec, design, options, report=listener.stage)
    with replaceable(path, force):
        folder = SweepFolder.create(path, spec, design, command, force)
    try:
        with locked(folder.path):
            _carry_out(plan, folder, listener, engine)
    except (UserError, OSError):
        folder.discard()
        raise
    return folder


def resume_sweep(
    path: str | Path,
    *,
    options: Options = USUAL,
    listener: Listener | None = None,
    engine: Engine | None = None,
) -> SweepFolder:
    """Do what is left of a sweep that was interrupted or killed.

    Args:
        path: its folder.
        options: memory and batches; they may differ from those it was begun with.
        listener: told about progress.
        engine: who does the units.

    Returns:
        The folder.

    Raises:
        UserError: not a sweep, damaged, in use, or begun with other versions.
    """
    listener, folder = listener or Listener(), SweepFolder.open(Path(path))
    with locked(folder.path):
        folder.check_versions()
        spec, design = folder.spec(), folder.design()
        done = folder.done(len(design), spec.run.seed, spec.run.seeds)
        if not done.all():
            plan = plan_sweep(spec, design, options, done, listener.stage)
            _carry_out(plan, folder, listener, engine)
    return folder


def _carry_out(
    plan: Plan, folder: SweepFolder, listener: Listener, engine: Engine | None
) -> None:
    if engine is None:
        with local_engine() as own:
            dispatch(plan, folder.add, listener, own)
    else:
        dispatch(plan, folder.add, listener, engine)
