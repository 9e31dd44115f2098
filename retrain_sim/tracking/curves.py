"""From a run's history to a tracker: the rounds that are new."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager

import numpy as np
import xarray as xr

from retrain_sim.result import ALWAYS
from retrain_sim.spec import Spec
from retrain_sim.tracking.base import Tracker

MOST_SEEDS = 8
"""With more seeds than this only their mean has a curve."""


class Curves:
    """The curves of a run: of every arm the theory, the mean, and the seeds.

    What has been logged is remembered, so ``update`` may be called at any time with
    the history so far. The mean has a round once all seeds have done it.

    Args:
        tracker: takes the curves.
        prediction: what theory expects, ``[arm, round]``.
        scenario: the scenario file, as run.
    """

    def __init__(self, tracker: Tracker, prediction: xr.Dataset, scenario: str):
        self._tracker, self._prediction = tracker, prediction
        self._scenario = scenario
        self._logged: dict[str, int] = {}

    def update(self, history: xr.Dataset, done: np.ndarray) -> None:
        """Log the rounds that are new.

        Args:
            history: of the run so far; rounds still to come hold anything.
            done: rounds done of every run ``[arm, seed]``, -1 before its start.
        """
        seeds = history["seed"].values
        for arm, rounds in zip(map(str, history["arm"].values), done, strict=True):
            runs = _by_round(history.sel(arm=arm))
            self._log_theory(arm, list(runs))
            mean = {name: values.mean(axis=0) for name, values in runs.items()}
            self._extend(f"{arm}/mean", mean, int(min(rounds)))
            for i, seed in enumerate(seeds if len(seeds) <= MOST_SEEDS else []):
                one = {name: values[i] for name, values in runs.items()}
                self._extend(f"{arm}/seed-{seed}", one, int(rounds[i]))

    def finish(self, history: xr.Dataset) -> None:
        """Log what is left of a run that is over."""
        sizes = history.sizes
        done = np.full((sizes["arm"], sizes["seed"]), sizes["round"] - 1)
        self.update(history, done)

    def _log_theory(self, arm: str, names: list[str]) -> None:
        known = [name for name in names if name in self._prediction]
        expected = _by_round(self._prediction[known].sel(arm=arm))
        if any(np.isfinite(values).any() for values in expected.values()):
            last = self._prediction.sizes["round"] - 1
            self._extend(f"{arm}/theory", expected, last)

    def _extend(self, label: str, curve: dict[str, np.ndarray], last: int) -> None:
        first = self._logged.get(label, -1) + 1
        if first == 0 and last >= 0:
            self._tracker.start(label, self._scenario)
        for round in range(first, last + 1):
            row = {name: float(values[round]) for name, values in curve.items()}
            known = {name: value for name, value in row.items() if np.isfinite(value)}
            self._tracker.log(label, round, known)
            self._logged[label] = round


def _by_round(data: xr.Dataset) -> dict[str, np.ndarray]:
    """Take metrics [..., round]; step t of curation is what led to round t."""
    curves = {}
    for name, values in data.items():
        if name in ALWAYS or values.dims[-1:] not in (("round",), ("step",)):
            continue
        table = values.values.astype(np.float64)
        if values.dims[-1] == "step":
            table = np.insert(table, 0, np.nan, axis=-1)
        curves[str(name)] = table
    return curves


@contextmanager
def following(
    tracker: Tracker | None, prediction: xr.Dataset, spec: Spec
) -> Generator[Curves | None, None, None]:
    """Track a run, and close the tracker whatever happens; no tracker, no curves."""
    if tracker is None:
        yield None
        return
    try:
        yield Curves(tracker, prediction, spec.to_toml())
    finally:
        tracker.close()
