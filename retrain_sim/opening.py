"""Results of any folder: of runs and sweeps, of retraining and of policies."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import xarray as xr

from retrain_sim.policy.folder import PolicyFolder
from retrain_sim.policy.sweep_folder import PolicySweepFolder
from retrain_sim.policy.sweep_results import policy_results, policy_sweep_results
from retrain_sim.store import RunFolder, kind_of
from retrain_sim.sweeping.dataset import sweep_results
from retrain_sim.sweeping.folder import SweepFolder, is_sweep, sweep_kind
from retrain_sim.sweeping.joining import chosen, described, expected


def open_results(
    folder: str | Path, metrics: Sequence[str] | None = None
) -> xr.Dataset:
    """Open what a sweep or a run has found as one data set.

    Args:
        folder: of a sweep, finished or not, or of a finished run.
        metrics: only these, and what theory expects of them; by default all.

    Returns:
        Metrics [<swept>, ..., arm, seed, round], what theory expects as
        ``predicted/<metric>`` [<swept>, ..., arm, round], its own standard error as
        ``predicted_se/<metric>``; coordinates with units and descriptions. Runs still
        to be done are NaN. ``.to_dataframe()`` makes it tidy. Of policies there is no
        theory, and the knob and other numbers of a step are [..., arm, seed, step].

    Raises:
        UserError: neither a sweep nor a finished run, or damaged.
    """
    path = Path(folder)
    if is_sweep(path):
        if sweep_kind(path) == PolicySweepFolder.kind:
            return policy_sweep_results(PolicySweepFolder.open(path), metrics)
        return sweep_results(SweepFolder.open(path), metrics)
    if kind_of(path) == PolicyFolder.kind:
        return policy_results(PolicyFolder.open(path).policy_result(), metrics)
    return _run_results(path, metrics)


def _run_results(path: Path, metrics: Sequence[str] | None) -> xr.Dataset:
    result = RunFolder.open(path).result()
    names = {name: expected(str(name)) for name in result.prediction}
    theory = result.prediction.rename(names)
    found = xr.merge([result.history, theory], join="outer", combine_attrs="drop")
    found.attrs = {"title": result.spec.title, "scenario": result.spec.name}
    found.attrs |= {"headline": result.headline}
    return described(chosen(found, metrics))
