"""Run a scenario from its spec to its result: the one function behind the command."""

from __future__ import annotations

import time
from pathlib import Path

from retrain_sim.errors import UserError, nearest
from retrain_sim.history import to_history, to_prediction
from retrain_sim.pace import Pace
from retrain_sim.predictions.base import Assumption, Outlook
from retrain_sim.preparation import Prepared, prepare
from retrain_sim.provenance import fingerprint, versions
from retrain_sim.registry import build
from retrain_sim.result import Result
from retrain_sim.simulate import Progress, Simulation
from retrain_sim.spec import Spec
from retrain_sim.store import RunFolder, check_target


class Listener:
    """Hears how a run is getting on. This one keeps silent; the command line draws."""

    def stage(self, line: str) -> None:
        """A slow part begins."""

    def progress(self, progress: Progress) -> None:
        """Some rounds are done."""


def predict(
    prepared: Prepared,
) -> tuple[dict[str, Outlook], dict[str, tuple[Assumption, ...]]]:
    """Predict every arm of a prepared scenario, and audit the assumptions.

    Args:
        prepared: the scenario.

    Returns:
        Arm -> outlook, and arm -> audited assumptions.

    Example:
        >>> from retrain_sim import load_spec, prepare
        >>> outlooks, audits = predict(prepare(load_spec("two-tribes")))
        >>> float(outlooks["K = 8"].rows["share/minority's"][-1].round(3))
        0.278
    """
    run = prepared.spec.run
    prediction = build("prediction", prepared.spec.values["prediction"], "prediction")
    outlooks, audits = {}, {}
    for arm, scenario in prepared.arms.items():
        outlooks[arm] = prediction(
            scenario, prepared.atoms, run.rounds, run.seeds, run.seed
        )
        audits[arm] = prediction.audit(scenario, prepared.atoms, outlooks[arm])
    return outlooks, audits


def run(
    spec: Spec,
    out: str | Path | None = None,
    *,
    force: bool = False,
    command: str = "",
    listener: Listener | None = None,
    raise_nonfinite: bool = True,
) -> Result:
    """Simulate every arm and seed of a scenario, predict it, and judge it.

    Args:
        spec: from ``load_spec``.
        out: a folder for the run; by default nothing is written. It must be new or
            empty, unless ``force`` is set.
        force: replace an earlier run in ``out``.
        command: what was typed, for the record.
        listener: told about progress.
        raise_nonfinite: stop at the first NaN or infinity; else record it.

    Returns:
        The result. With ``out``, everything but figures and report has been written;
        a run that is killed continues with ``resume``.

    Raises:
        UserError: the scenario or the folder cannot be used; nothing is lost.
        NonFiniteError: names the arm, the round and the seed.

    Example:
        >>> from retrain_sim import load_spec
        >>> result = run(load_spec("two-tribes", {"run.seeds": 4}))
        >>> result.verdicts["K = 2"].verdict
        'PASS'
    """
    listener = listener or Listener()
    if out is not None:
        check_target(Path(out), force)
    began = time.perf_counter()
    prepared = prepare(spec, listener.stage)
    _check_metrics(prepared)
    folder = None
    if out is not None:
        about = {"name": spec.name, "source": spec.source, "command": command}
        folder = RunFolder.create(Path(out), spec, about, force)
    try:
        return _simulate(prepared, folder, command, listener, raise_nonfinite, began)
    except (UserError, OSError):
        if folder:
            folder.discard()
        raise


def resume(folder: str | Path, *, listener: Listener | None = None) -> Result:
    """Continue an interrupted or killed run; the result is the same bit for bit.

    Args:
        folder: its run folder.
        listener: told about progress.

    Returns:
        The result; that of a finished run is read from disk.

    Raises:
        UserError: not a run folder, or a checkpoint that does not fit.
    """
    listener = listener or Listener()
    opened = RunFolder.open(Path(folder))
    if opened.finished:
        return opened.result()
    began = time.perf_counter()
    prepared = prepare(opened.spec(), listener.stage)
    command = opened.run()["command"]
    return _simulate(prepared, opened, command, listener, True, began)


def _simulate(
    prepared: Prepared,
    folder: RunFolder | None,
    command: str,
    listener: Listener,
    raise_nonfinite: bool,
    began: float,
) -> Result:
    mark = fingerprint(prepared)
    saved = folder.load_checkpoint(mark) if folder else None
    listener.stage("predicting")
    try:
        outlooks, audits = predict(prepared)
    except (ValueError, FloatingPointError) as error:
        raise UserError(f"prediction: {error}") from None
    listener.stage("compiling the loop")
    simulation = Simulation(prepared)
    if simulation.needs:
        listener.stage(simulation.needs)
    if saved:
        simulation.restore(*saved)

    pace = Pace()

    def after_chunk(simulation: Simulation) -> None:
        if folder and pace.due():
            folder.save_checkpoint(*simulation.checkpoint(), mark)
            pace.saved()
        listener.progress(simulation.progress)

    listener.progress(simulation.progress)
    simulated = simulation.run(after_chunk, raise_nonfinite=raise_nonfinite)
    history = to_history(simulated, prepared)
    prediction = to_prediction(outlooks, prepared)
    result = Result(
        spec=prepared.spec,
        history=history,
        prediction=prediction,
        atoms=prepared.atoms,
        audits=audits,
        real=prepared.real,
        notes=prepared.notes
        | ({"memory": simulation.needs} if simulation.needs else {}),
        times={
            "wall_s": time.perf_counter() - began,
            "compile_s": simulated.compile_s,
            "run_s": simulated.run_s,
        },
        versions=versions(),
        command=command,
        image_shape=prepared.image_shape,
        group_names=next(iter(prepared.arms.values())).frame.group_names,
    )
    if folder:
        folder.save_atoms(prepared.atoms)
        folder.save_result(result)
    return result


def _check_metrics(prepared: Prepared) -> None:
    """Refuse a headline or claim about a metric that nobody measures."""
    measured = list(prepared.real)
    if any(name.startswith("reward/") for name in measured):
        measured.append("reward/mean")
    spec = prepared.spec
    for where, name in [
        ("headline.metric", spec.headline.metric),
        *((f"claim.{i}.metric", c.metric) for i, c in enumerate(spec.claims)),
    ]:
        if name not in measured:
            raise UserError(
                f"{where}: not measured: {name!r}; {nearest(name, measured)}"
            )
