"""Result: everything that a run found; what reports, tables and files are made of."""

from __future__ import annotations

import dataclasses
import functools
import math
from typing import Any

import numpy as np
import xarray as xr

from retrain_sim.judging import judge_arms, judge_claims
from retrain_sim.predictions.base import Assumption
from retrain_sim.predictions.theory_section import ArmTheory, theory_of
from retrain_sim.preparation import Atoms
from retrain_sim.quality import Quality, shortcomings
from retrain_sim.spec import Spec
from retrain_sim.verdicts import FAIL, Verdict, standard_error

ALWAYS = ("run/finite", "run/trained")
"""Bookkeeping that is not a result."""


@dataclasses.dataclass(frozen=True)
class Result:
    """A finished run.

    Args:
        spec: the scenario exactly as run.
        history: metrics and samples, see ``retrain_sim.history``.
        prediction: what theory expected, same names.
        atoms: the scored outcomes of the theory.
        audits: arm -> the prediction's assumptions.
        real: metric -> its value on the real training data.
        notes: sizes of the splits, the classifier's accuracy, p_0's quality.
        times: ``wall_s``, ``compile_s``, ``run_s``.
        versions: package -> version, and the device.
        command: what was typed.
        image_shape: rows, columns (and channels) if the samples are images.
        group_names: in the order of the labels of ``atoms.view.groups``.
    """

    spec: Spec
    history: xr.Dataset
    prediction: xr.Dataset
    atoms: Atoms
    audits: dict[str, tuple[Assumption, ...]]
    real: dict[str, float]
    notes: dict[str, Any]
    times: dict[str, float]
    versions: dict[str, str]
    command: str
    image_shape: tuple[int, ...] | None
    group_names: tuple[str, ...]

    @functools.cached_property
    def verdicts(self) -> dict[str, Verdict]:
        """Arm -> simulation against prediction, on the headline metric."""
        return judge_arms(self.history, self.prediction, self.audits, self.spec)

    @functools.cached_property
    def claims(self) -> list[Verdict]:
        """Verdicts on the claims about shapes."""
        return judge_claims(self.history, self.spec)

    @functools.cached_property
    def theory(self) -> dict[str, ArmTheory | str]:
        """Arm -> bargain, survival and basins, or why there is nothing to say."""
        return theory_of(self.spec, self.atoms, self.history, self.group_names)

    @property
    def warnings(self) -> list[str]:
        """Say why conclusions from this run may be wrong; usually nothing."""
        found = self.notes.get("quality")
        return shortcomings(Quality(**found)) if found else []

    @property
    def headline(self) -> str:
        """The metric that the verdicts are about."""
        return self.spec.headline.metric

    @property
    def arms(self) -> list[str]:
        """Names of the arms, in the scenario's order."""
        return [str(arm) for arm in self.history["arm"].values]

    @property
    def holds(self) -> bool:
        """Whether what should hold does: no claim fails, and no deciding prediction."""
        deciding = list(self.claims)
        if self.spec.headline.decides == "prediction":
            deciding += self.verdicts.values()
        return all(verdict.verdict != FAIL for verdict in deciding)

    def metric_names(self) -> list[str]:
        """List all metrics of p_0 .. p_T."""
        return self._names(("arm", "seed", "round"))

    def step_metric_names(self) -> list[str]:
        """List all metrics of the acts of curation."""
        return self._names(("arm", "seed", "step"))

    def _names(self, dims: tuple[str, ...]) -> list[str]:
        names = [str(n) for n, v in self.history.items() if v.dims == dims]
        return [name for name in names if name not in ALWAYS]

    def last(self, metric: str, arm: str) -> tuple[float, float]:
        """Return the mean over seeds in the last round, and its standard error."""
        values = self.history[metric].sel(arm=arm).values[..., -1]
        return float(np.mean(values)), standard_error(values)

    def first(self, metric: str, arm: str) -> float:
        """Return a metric's mean over seeds in round 0."""
        return float(self.history[metric].sel(arm=arm).values[..., 0].mean())

    def predicted(self, metric: str, arm: str) -> float:
        """Return what theory expects of a metric in the last round; NaN if nothing."""
        if metric not in self.prediction:
            return math.nan
        return float(self.prediction[metric].sel(arm=arm).values[-1])

    def summary(self) -> dict[str, Any]:
        """Return the result as plain data: what ``--json`` prints."""
        return {
            "name": self.spec.name,
            "arms": {arm: self._arm_summary(arm) for arm in self.arms},
            "claims": [
                {"claim": c.subject, "verdict": c.verdict, "reason": c.reason}
                for c in self.claims
            ],
            "holds": self.holds,
            "warnings": self.warnings,
            "seeds": self.spec.run.seeds,
            "rounds": self.spec.run.rounds,
            "wall_s": round(self.times["wall_s"], 3),
            "compile_s": round(self.times["compile_s"], 3),
        }

    def _arm_summary(self, arm: str) -> dict[str, Any]:
        metrics, prediction = {}, {}
        for name in [*self.metric_names(), *self.step_metric_names()]:
            last, se = self.last(name, arm)
            first = self.first(name, arm)
            metrics[name] = {
                "first": plain(first),
                "last": plain(last),
                "se_last": plain(se),
            }
            if math.isfinite(self.predicted(name, arm)):
                prediction[name] = plain(self.predicted(name, arm))
        verdict = self.verdicts[arm].verdict
        return {"metrics": metrics, "prediction": prediction, "verdict": verdict}


def plain(number: float) -> float | None:
    """Return a number that JSON knows: None for NaN and infinity."""
    return float(f"{number:.6g}") if math.isfinite(number) else None
