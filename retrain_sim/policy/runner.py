"""Run a policy scenario from its spec to its result, with checkpoints."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

import jax
import numpy as np

from retrain_sim.errors import NonFiniteError, UserError
from retrain_sim.pace import Pace
from retrain_sim.policy.cautions import equal_rewards, unreachable_targets
from retrain_sim.policy.folder import PolicyFolder, PolicyResult, fingerprint_of
from retrain_sim.policy.history import policy_history
from retrain_sim.policy.spec import PolicySpec
from retrain_sim.policy.training import Group, make_groups
from retrain_sim.provenance import versions
from retrain_sim.runner import Listener
from retrain_sim.simulate import Progress

CHUNK_SECONDS = 0.5


def run_policy(
    spec: PolicySpec,
    out: str | Path | None = None,
    *,
    force: bool = False,
    command: str = "",
    listener: Listener | None = None,
) -> PolicyResult:
    """Train every arm and seed of a policy scenario.

    Args:
        spec: from ``load_policy_spec``.
        out: a folder for the run; by default nothing is written.
        force: replace an earlier run in ``out``.
        command: what was typed, for the record.
        listener: told about progress and warnings.

    Raises:
        UserError: the folder cannot be used.
        NonFiniteError: names the arm, the round and the seed.

    Example:
        >>> from retrain_sim.policy.spec import load_policy_spec
        >>> small = {"run.rounds": 3, "run.seeds": 2}
        >>> result = run_policy(load_policy_spec("random-reward", small))
        >>> result.history["policy/entropy"].sizes["round"]
        4
    """
    listener = listener or Listener()
    folder = None
    if out is not None:
        folder = PolicyFolder.begin(Path(out), spec, command, force)
    try:
        return _train(spec, folder, listener)
    except (UserError, OSError):
        if folder:
            folder.discard()
        raise


def resume_policy(
    folder: str | Path, *, listener: Listener | None = None
) -> PolicyResult:
    """Continue an interrupted or killed run; the result is the same bit for bit."""
    opened = PolicyFolder.open(Path(folder))
    spec = opened.policy_spec()
    if opened.finished:
        return opened.policy_result()
    return _train(spec, opened, listener or Listener())


def _train(
    spec: PolicySpec, folder: PolicyFolder | None, listener: Listener
) -> PolicyResult:
    began, mark = time.perf_counter(), fingerprint_of(spec)
    saved = folder.load_checkpoint(mark) if folder else None
    notes = unreachable_targets(spec)
    for line in notes:
        listener.stage(f"warning: {line}")
    listener.stage("compiling the loop")
    groups = make_groups(spec.tasks, spec.run.rounds, spec.run.seeds, spec.run.seed)
    if saved:
        _restore(groups, *saved)
    pace = Pace()

    def after_chunk() -> None:
        if folder and pace.due():
            folder.save_checkpoint(*_checkpoint(groups), mark)
            pace.saved()
        done = sum(group.round for group in groups)
        listener.progress(Progress(done, len(groups) * spec.run.rounds))

    for group in groups:
        _run_group(group, after_chunk, spec.run.seed)
    made = {arm: rows for g in groups for arm, rows in g.recorded().items()}
    history = policy_history(made, spec)
    notes += equal_rewards(history)
    seconds = time.perf_counter() - began
    result = PolicyResult(spec, history, notes, seconds, versions())
    if folder:
        folder.finish(result)
    return result


def _run_group(group: Group, after_chunk: Callable[[], None], first_seed: int) -> None:
    chunk = 1
    while group.round < group.n_rounds:
        began = time.perf_counter()
        group.advance(chunk)
        taken = time.perf_counter() - began
        chunk = max(1, min(4 * chunk, int(chunk * CHUNK_SECONDS / taken)))
        _check_finite(group, first_seed)
        after_chunk()


def _check_finite(group: Group, first_seed: int) -> None:
    for arm, values in group.recorded().items():
        wrong = values["run/finite"][:, : group.round] == 0
        if wrong.any():
            seed, round = min(np.argwhere(wrong), key=lambda at: at[1])
            at = f"arm {arm!r}, round {round + 1}, seed {seed + first_seed}"
            hint = "a reward is no number, or the learning rate is too large"
            raise NonFiniteError(f"not finite: {at}; {hint}")


def _checkpoint(groups: list[Group]) -> tuple[list[int], list[np.ndarray]]:
    """Return rounds done per group (-1: not started), and all leaves."""
    started = [group for group in groups if group.track is not None]
    done = [group.round if group in started else -1 for group in groups]
    return done, [leaf for group in started for leaf in group.leaves()]


def _restore(groups: list[Group], done: list[int], leaves: list[np.ndarray]) -> None:
    if len(done) != len(groups):
        raise UserError("checkpoint: it does not belong to this scenario")
    for group, round in zip(groups, done, strict=True):
        if round >= 0:
            n = len(jax.tree.leaves(group.shape))
            group.restore(round, leaves[:n])
            leaves = leaves[n:]
