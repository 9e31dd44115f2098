"""Run folders of policy scenarios: those of ``retrain_sim.store``, another content.

``scenario.toml``, ``run.json``, ``checkpoint.npz`` while it runs, then ``history.nc``,
``result.json``, ``figures/`` and ``report.html``.
"""

from __future__ import annotations

import dataclasses
import hashlib
import json
import tomllib
from pathlib import Path
from typing import Any

import numpy as np
import xarray as xr

from retrain_sim.cache import code_digest
from retrain_sim.datasets import open_dataset, save_dataset
from retrain_sim.errors import UserError
from retrain_sim.files import write_text
from retrain_sim.folders import RUN, SCENARIO, check_target, publish
from retrain_sim.policy.spec import PolicySpec, make_policy_spec
from retrain_sim.provenance import versions
from retrain_sim.store import CHECKPOINT, FORMAT, HISTORY, RESULT, RunFolder, read_json
from retrain_sim.verdicts import standard_error


@dataclasses.dataclass(frozen=True)
class PolicyResult:
    """What a run of a policy scenario found.

    Args:
        spec: the scenario.
        history: metrics [arm, seed, round] and [arm, seed, step].
        notes: warnings, one line each.
        seconds: wall time.
        versions: what the numbers depend on.
    """

    spec: PolicySpec
    history: xr.Dataset
    notes: list[str]
    seconds: float
    versions: dict[str, str]

    @property
    def arms(self) -> list[str]:
        """The names of the arms."""
        return self.spec.arms

    def last(self, metric: str, arm: str) -> tuple[float, float]:
        """Return mean and standard error over seeds, after the last round."""
        values = self.history[metric].sel(arm=arm).values[:, -1]
        return float(values.mean()), standard_error(values)

    def summary(self) -> dict[str, Any]:
        """Return the ``--json`` object: every metric's mean and standard error."""
        names = [str(name) for name in self.history]
        run = dataclasses.asdict(self.spec.run)
        arms = {
            arm: {name: self._plain(name, arm) for name in names} for arm in self.arms
        }
        about = {"scenario": self.spec.name, "notes": self.notes}
        return about | run | {"seconds": round(self.seconds, 3), "arms": arms}

    def _plain(self, metric: str, arm: str) -> dict[str, float | None]:
        mean, se = self.last(metric, arm)
        return {"mean": mean, "se": None if np.isnan(se) else se}


def fingerprint_of(spec: PolicySpec) -> str:
    """Hash all that a run depends on: a checkpoint belongs to it alone."""
    about = (sorted(versions().items()), spec.to_toml(), code_digest())
    return hashlib.sha256(repr(about).encode()).hexdigest()


class PolicyFolder(RunFolder):
    """One run of a policy scenario on disk."""

    kind = "policy scenario"

    @classmethod
    def begin(
        cls, path: Path, spec: PolicySpec, command: str, force: bool
    ) -> PolicyFolder:
        """Make the folder, replacing an old run only if ``force`` says so."""
        path = path.absolute()
        check_target(path, force)
        about = {"format": FORMAT, "kind": cls.kind, "name": spec.name}
        about |= {"source": spec.source, "command": command}
        texts = {SCENARIO: spec.to_toml(), RUN: json.dumps(about, indent=1)}
        return cls(path, publish(path, texts))

    def policy_spec(self) -> PolicySpec:
        """Read the scenario as it was run."""
        run = self.run()
        try:
            values = tomllib.loads((self.path / SCENARIO).read_text(encoding="utf-8"))
            return make_policy_spec(run["name"], values, run["source"])
        except (OSError, ValueError, KeyError) as error:
            raise UserError(f"{self.path / SCENARIO} is damaged: {error}") from None

    def finish(self, result: PolicyResult) -> None:
        """Write the result; the run counts as finished when this returns."""
        save_dataset(self.path / HISTORY, result.history)
        plain = {
            "summary": result.summary(),
            "notes": result.notes,
            "seconds": result.seconds,
            "versions": result.versions,
        }
        write_text(self.path / RESULT, json.dumps(plain, indent=1))
        (self.path / CHECKPOINT).unlink(missing_ok=True)

    def policy_result(self) -> PolicyResult:
        """Read a finished run."""
        spec = self.policy_spec()
        if not self.finished:
            hint = f"continue it with: retrain-sim policy run --resume {self.path}"
            raise UserError(f"{self.path}: the run is not finished; {hint}")
        plain = read_json(self.path / RESULT)
        try:
            kept = plain["notes"], plain["seconds"], plain["versions"]
        except (KeyError, TypeError) as error:
            raise UserError(f"{self.path / RESULT} is damaged: {error}") from None
        return PolicyResult(spec, open_dataset(self.path / HISTORY), *kept)
