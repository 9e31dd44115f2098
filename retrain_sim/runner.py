"""Run a scenario from its spec to its result: the one function behind the command."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

from retrain_sim import hosts
from retrain_sim.cache import code_digest
from retrain_sim.errors import UserError, nearest
from retrain_sim.folders import check_target
from retrain_sim.history import to_history, to_prediction
from retrain_sim.pauses import Pauses
from retrain_sim.predictions.base import Assumption, Outlook
from retrain_sim.preparation import Prepared, prepare
from retrain_sim.provenance import fingerprint, versions
from retrain_sim.registry import build
from retrain_sim.result import Result
from retrain_sim.simulate import Progress, Simulation
from retrain_sim.spec import Spec
from retrain_sim.store import RunFolder
from retrain_sim.tracking.base import Tracker
from retrain_sim.tracking.curves import following


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
    tracker: Tracker | None = None,
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
        tracker: gets the metrics by round, see ``retrain_sim.tracking``.
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
    job = Job(command, listener or Listener(), tracker, raise_nonfinite)
    if out is not None:
        hosts.first_alone(lambda: check_target(Path(out), force))
    prepared = _prepare(spec, job.listener)
    folder = None
    if out is not None:
        about = {"name": spec.name, "source": spec.source, "command": command}
        folder = hosts.together(lambda: _make_folder(Path(out), spec, about, force))
    try:
        return _simulate(prepared, folder, job)
    except (UserError, OSError):
        if folder and hosts.is_first():
            folder.discard()
        raise


def resume(
    folder: str | Path,
    *,
    listener: Listener | None = None,
    tracker: Tracker | None = None,
) -> Result:
    """Continue an interrupted or killed run; the result is the same bit for bit.

    Args:
        folder: its run folder; several processes must all see it.
        listener: told about progress.
        tracker: gets the metrics by round, from round 0 on.

    Returns:
        The result; that of a finished run is read from disk.

    Raises:
        UserError: not a run folder, or a checkpoint that does not fit.
    """
    opened = hosts.together(lambda: RunFolder.open(Path(folder)))
    if opened.finished:
        result = hosts.together(opened.result)
        with following(tracker, result.prediction, result.spec) as curves:
            hosts.first_alone(lambda: curves and curves.finish(result.history))
        return result
    job = Job(opened.run()["command"], listener or Listener(), tracker)
    return _simulate(_prepare(opened.spec(), job.listener), opened, job)


class Job:
    """What a run is asked for, besides its scenario, and when it began."""

    def __init__(
        self,
        command: str,
        listener: Listener,
        tracker: Tracker | None,
        raise_nonfinite: bool = True,
    ):
        self.command, self.listener = command, listener
        self.tracker, self.raise_nonfinite = tracker, raise_nonfinite
        self.began = time.perf_counter()


def _prepare(spec: Spec, listener: Listener) -> Prepared:
    """Prepare a scenario, in every process; all then use the arrays of the first."""
    if hosts.many():
        hosts.alike(f"{versions()}, code {code_digest()[:8]}")

    def made() -> Prepared:
        prepared = prepare(spec, listener.stage)
        _check_metrics(prepared)
        return prepared

    prepared = hosts.together(made)
    return prepared._replace(arms=hosts.agreed(prepared.arms))


def _make_folder(path: Path, spec: Spec, about: dict, force: bool) -> RunFolder:
    """Make the run folder; the other processes only know its name."""
    if hosts.is_first():
        return RunFolder.create(path, spec, about, force)
    return RunFolder(path.absolute())


def _simulate(prepared: Prepared, folder: RunFolder | None, job: Job) -> Result:
    mark = fingerprint(prepared)
    saved = _checkpoint(folder, mark)
    job.listener.stage("predicting")
    outlooks, audits = hosts.together(lambda: _predict(prepared))
    prediction = to_prediction(outlooks, prepared)
    job.listener.stage("compiling the loop")
    simulation = Simulation(prepared)
    if simulation.needs:
        job.listener.stage(simulation.needs)
    if saved:
        simulation.restore(*saved)
    with following(job.tracker, prediction, prepared.spec) as curves:
        pauses = Pauses(folder, mark, curves, job.listener.progress)
        job.listener.progress(simulation.progress)
        simulated = simulation.run(pauses, raise_nonfinite=job.raise_nonfinite)
        history = to_history(simulated, prepared)
        hosts.first_alone(lambda: curves and curves.finish(history))
    memory = {"memory": simulation.needs} if simulation.needs else {}
    result = Result(
        spec=prepared.spec,
        history=history,
        prediction=prediction,
        atoms=prepared.atoms,
        audits=audits,
        real=prepared.real,
        notes=prepared.notes | memory,
        times={
            "wall_s": time.perf_counter() - job.began,
            "compile_s": simulated.compile_s,
            "run_s": simulated.run_s,
        },
        versions=versions(),
        command=job.command,
        image_shape=prepared.image_shape,
        group_names=next(iter(prepared.arms.values())).frame.group_names,
    )
    hosts.first_alone(lambda: _save(folder, prepared, result))
    return result


def _checkpoint(folder: RunFolder | None, mark: str) -> Any:
    """Read the checkpoint, if there is one; all processes must see the same."""
    saved = hosts.together(lambda: folder.load_checkpoint(mark) if folder else None)
    hosts.alike(f"a checkpoint of rounds {saved[0]}" if saved else "no checkpoint")
    return saved


def _predict(prepared: Prepared) -> tuple[dict, dict]:
    try:
        return predict(prepared)
    except (ValueError, FloatingPointError) as error:
        raise UserError(f"prediction: {error}") from None


def _save(folder: RunFolder | None, prepared: Prepared, result: Result) -> None:
    if folder:
        folder.save_atoms(prepared.atoms)
        folder.save_result(result)


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
