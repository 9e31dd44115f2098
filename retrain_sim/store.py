"""Run folders: what is written where, how it is checked, and how a run resumes.

====================  ==========================================================
``scenario.toml``     the scenario exactly as run
``run.json``          name, source, command
``checkpoint.npz``    state and history so far; removed when the run is finished
``history.nc``        metrics and samples (xarray, netCDF-3)
``prediction.nc``     what theory expects, same names
``atoms.npz``         the scored atoms of the theory
``result.json``       audited assumptions, times, the ``--json`` object
``figures/``          pictures
``report.html``       everything on one page
====================  ==========================================================
"""

from __future__ import annotations

import contextlib
import json
import shutil
import tomllib
import zipfile
from pathlib import Path
from typing import Any, Self

import numpy as np
import xarray as xr

from retrain_sim.base import View
from retrain_sim.datasets import open_dataset, save_dataset
from retrain_sim.errors import UserError
from retrain_sim.files import load_leaves, save_leaves, write_atomic, write_text
from retrain_sim.folders import RUN, SCENARIO, check_target, publish
from retrain_sim.predictions.base import Assumption
from retrain_sim.preparation import Atoms
from retrain_sim.result import Result
from retrain_sim.spec import Spec, make_spec

CHECKPOINT = "checkpoint.npz"
HISTORY, PREDICTION, RESULT = "history.nc", "prediction.nc", "result.json"
ATOMS = "atoms.npz"
FORMAT = 2
"""Changes whenever an older version could not read what a newer one writes."""


class RunFolder:
    """One run on disk."""

    kind = "scenario"
    """What was run; folders of other kinds are refused."""

    def __init__(self, path: Path, replaced: Path | None = None):
        self.path = path
        self._replaced = replaced

    @classmethod
    def create(
        cls, path: Path, spec: Spec, run: dict[str, Any], force: bool
    ) -> RunFolder:
        """Make the folder, replacing an old run only if ``force`` says so."""
        path = path.absolute()
        check_target(path, force)
        about = json.dumps({"format": FORMAT} | run, indent=1)
        return cls(path, publish(path, {SCENARIO: spec.to_toml(), RUN: about}))

    def discard(self) -> None:
        """Remove a run without a checkpoint, and put back the run it replaced."""
        if not (self.path / CHECKPOINT).exists() and not self.finished:
            shutil.rmtree(self.path, ignore_errors=True)
            if self._replaced:
                self._replaced.rename(self.path)
            with contextlib.suppress(OSError):  # it may hold other runs
                self.path.parent.rmdir()

    @classmethod
    def open(cls, path: Path) -> Self:
        """Open an existing run folder."""
        if not (path / SCENARIO).is_file():
            raise UserError(f"{path} is not a run folder: it has no {SCENARIO}")
        return cls(path)

    def spec(self) -> Spec:
        """Read the scenario as it was run."""
        run = self.run()
        try:
            values = tomllib.loads((self.path / SCENARIO).read_text(encoding="utf-8"))
            return make_spec(run["name"], values, run["source"])
        except (OSError, ValueError, KeyError) as error:
            raise UserError(f"{self.path / SCENARIO} is damaged: {error}") from None

    def run(self) -> dict[str, Any]:
        """Read name, source and command; refuse a folder of another format."""
        run = read_json(self.path / RUN)
        if run.get("format") != FORMAT:
            found = run.get("format", "an older one")
            raise UserError(
                f"{self.path}: run format {found}, this version reads {FORMAT}"
            )
        kind = run.get("kind", RunFolder.kind)
        if kind != self.kind:
            raise UserError(f"{self.path}: the run of a {kind}, not of a {self.kind}")
        return run

    @property
    def finished(self) -> bool:
        """Whether the run is complete."""
        return (self.path / RESULT).is_file()

    def save_checkpoint(
        self, done: list[int], leaves: list[np.ndarray], mark: str
    ) -> None:
        """Write state and history so far, atomically."""
        head = [np.array(done), np.frombuffer(mark.encode(), np.uint8)]
        save_leaves(self.path / CHECKPOINT, head + leaves)
        self._forget_replaced()

    def _forget_replaced(self) -> None:
        if self._replaced:
            shutil.rmtree(self._replaced, ignore_errors=True)
            self._replaced = None

    def load_checkpoint(self, mark: str) -> tuple[list[int], list[np.ndarray]] | None:
        """Read the checkpoint, if there is one, and check that it fits.

        Args:
            mark: fingerprint of the prepared scenario.

        Raises:
            UserError: the file is damaged, or belongs to another scenario.
        """
        path = self.path / CHECKPOINT
        if not path.exists():
            return None
        try:
            done, found, *leaves = load_leaves(path)
        except (OSError, ValueError) as error:
            hint = "delete it to start the run over"
            raise UserError(f"{path} cannot be read; {hint} ({error})") from None
        if bytes(found).decode() != mark:
            raise UserError(
                f"{path} was made with another p_0, data or versions; "
                "start the run over in a new folder"
            )
        return [int(n) for n in done], leaves

    def save_atoms(self, atoms: Atoms) -> None:
        """Write the scored atoms, so that other theory can be tried on them."""
        view = {name: np.asarray(v) for name, v in atoms.view._asdict().items()}
        arrays = view | {"probs": atoms.probs, "real_probs": atoms.real_probs}
        arrays["exact"] = np.array(atoms.exact)
        write_atomic(
            self.path / ATOMS,
            lambda f: np.savez_compressed(f, allow_pickle=False, **arrays),
        )

    def save_result(self, result: Result) -> None:
        """Write the result; the run counts as finished when this returns."""
        save_dataset(self.path / HISTORY, result.history)
        save_dataset(self.path / PREDICTION, result.prediction)
        audits = {
            arm: [a._asdict() for a in found] for arm, found in result.audits.items()
        }
        plain = {
            "summary": result.summary() | {"out": str(self.path)},
            "audits": audits,
            "real": result.real,
            "notes": result.notes,
            "times": result.times,
            "versions": result.versions,
            "command": result.command,
            "image_shape": result.image_shape,
            "group_names": result.group_names,
        }
        write_text(self.path / RESULT, json.dumps(plain, indent=1))
        (self.path / CHECKPOINT).unlink(missing_ok=True)

    def result(self) -> Result:
        """Read a finished run."""
        if not self.finished:
            hint = f"continue it with: retrain-sim run --resume {self.path}"
            raise UserError(f"{self.path}: the run is not finished; {hint}")
        self.run()
        plain = read_json(self.path / RESULT)
        try:
            return self._rebuild(plain)
        except (KeyError, TypeError, AttributeError) as error:
            raise UserError(f"{self.path / RESULT} is damaged: {error}") from None

    def _rebuild(self, plain: dict[str, Any]) -> Result:
        shape = plain["image_shape"]
        return Result(
            spec=self.spec(),
            history=open_dataset(self.path / HISTORY),
            prediction=open_dataset(self.path / PREDICTION),
            atoms=_open_atoms(self.path / ATOMS),
            audits={
                arm: tuple(Assumption(**a) for a in found)
                for arm, found in plain["audits"].items()
            },
            real=plain["real"],
            notes=plain["notes"],
            times=plain["times"],
            versions=plain["versions"],
            command=plain["command"],
            image_shape=tuple(shape) if shape else None,
            group_names=tuple(plain["group_names"]),
        )


def kind_of(path: Path) -> str:
    """Tell what a folder holds the run of; "scenario" where it does not say."""
    try:
        run = json.loads((path / RUN).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return RunFolder.kind  # opening it says what is wrong
    return str(run.get("kind", RunFolder.kind)) if isinstance(run, dict) else ""


def open_history(folder: str | Path) -> xr.Dataset:
    """Open the history of a finished run as an xarray data set.

    Args:
        folder: the run folder.

    Returns:
        Metrics [arm, seed, round]; ``.to_dataframe()`` makes it tidy.

    Raises:
        UserError: not a finished run folder.
    """
    return RunFolder.open(Path(folder)).result().history


def _open_atoms(path: Path) -> Atoms:
    try:
        with np.load(path, allow_pickle=False) as file:
            view = View(*(file[name] for name in View._fields))
            exact = bool(file["exact"])
            return Atoms(view, file["probs"], file["real_probs"], exact)
    except (OSError, EOFError, ValueError, KeyError, zipfile.BadZipFile) as error:
        raise UserError(f"{path} is damaged: {error}") from None


def read_json(path: Path) -> dict[str, Any]:
    """Read a JSON file of a run folder, or say that it is damaged."""
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise UserError(f"{path} cannot be read: {error}") from None
