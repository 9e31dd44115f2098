"""Sweep folders: one file per finished unit, each complete or not there at all.

====================  ==========================================================
``scenario.toml``     the scenario exactly as swept
``sweep.toml``        the design with all its values, format, versions, command
``units/000042.nc``   what a unit found (xarray, netCDF-3)
``lock``              held while a process writes here
``plots/``            pictures
====================  ==========================================================

A chunk is a unit, written beside, synced, then renamed: what exists is whole, so that a
kill at any moment costs the units under way and nothing else. netCDF-3 needs no further
dependency, and any netCDF library reads it.
"""

from __future__ import annotations

import contextlib
import shutil
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Protocol, Self

import numpy as np
import tomli_w
import xarray as xr

from retrain_sim.datasets import open_dataset, save_dataset
from retrain_sim.errors import UserError
from retrain_sim.files import write_text
from retrain_sim.folders import SCENARIO, check_target, publish
from retrain_sim.spec import make_spec
from retrain_sim.sweeping.axes import Axis
from retrain_sim.sweeping.design import Design
from retrain_sim.sweeping.unit import own_versions


class Swept(Protocol):
    """A scenario of any kind that can be swept: what its folder and results need."""

    @property
    def name(self) -> str:
        """What the folder is named after."""
        ...

    @property
    def source(self) -> str:
        """What to type to run it again."""
        ...

    @property
    def values(self) -> dict[str, Any]:
        """The sections of the file."""
        ...

    @property
    def run(self) -> Any:
        """How many rounds and seeds, and the first seed."""
        ...

    @property
    def arms(self) -> Any:
        """The names of the arms, in order."""
        ...

    def to_toml(self) -> str:
        """Write the scenario as TOML."""
        ...


SWEEP, UNITS = "sweep.toml", "units"
FORMAT = 1
"""Changes whenever an older version could not read what a newer one writes."""

NOTE = (
    "format 1: the first. A later version that reads another format says here how to "
    "convert; units/*.nc stay plain netCDF-3 files with the dimensions point, arm, "
    "seed, round, step, and the true name of every variable in its attribute 'metric'."
)


def check_sweep_target(folder: Path, force: bool) -> None:
    """Refuse a folder that holds anything, unless it is a sweep to be replaced."""
    check_target(folder, force, frozenset({SCENARIO, SWEEP}), "sweep")


class SweepFolder:
    """One sweep on disk."""

    kind = "scenario"
    """What is swept; folders of other kinds are refused."""

    def __init__(self, path: Path, replaced: Path | None = None):
        self.path, self._replaced = path, replaced
        self._next = 1 + max((int(p.stem) for p in self.files()), default=-1)

    @classmethod
    def create(
        cls, path: Path, spec: Swept, design: Design, command: str, force: bool
    ) -> Self:
        """Make the folder, replacing an old sweep only if ``force`` says so."""
        path = path.absolute()
        check_sweep_target(path, force)
        about = {
            "format": FORMAT,
            "kind": cls.kind,
            "note": NOTE,
            "name": spec.name,
            "source": spec.source,
            "command": command,
            "versions": dict(own_versions()),
            "random": design.random,
            "axes": [_axis_table(axis) for axis in design.axes],
        }
        texts = {SCENARIO: spec.to_toml(), SWEEP: tomli_w.dumps(about)}
        return cls(path, publish(path, texts))

    @classmethod
    def open(cls, path: Path) -> Self:
        """Open an existing sweep folder."""
        if not is_sweep(path):
            raise UserError(f"{path} is not a sweep folder: it has no {SWEEP}")
        return cls(path)

    def about(self) -> dict[str, Any]:
        """Read ``sweep.toml``; refuse a folder of another format."""
        path = self.path / SWEEP
        try:
            found = tomllib.loads(path.read_text(encoding="utf-8"))
        except (OSError, ValueError) as error:
            raise UserError(f"{path} cannot be read: {error}") from None
        if found.get("format") != FORMAT:
            raise UserError(
                f"{self.path}: sweep format {found.get('format')}, this version reads "
                f"{FORMAT}; {found.get('note', 'it has no migration note')}"
            )
        kind = found.get("kind", SweepFolder.kind)
        if kind != self.kind:
            raise UserError(f"{self.path}: the sweep of a {kind}, not of a {self.kind}")
        return found

    def spec(self) -> Any:
        """Read the scenario as it is swept."""
        about, path = self.about(), self.path / SCENARIO
        try:
            values = tomllib.loads(path.read_text(encoding="utf-8"))
            return self.rebuilt(about["name"], values, about["source"])
        except (OSError, ValueError, KeyError) as error:
            raise UserError(f"{path} is damaged: {error}") from None

    def rebuilt(self, name: str, values: dict[str, Any], source: str) -> Any:
        """Check the values that were swept, and make the scenario of them."""
        return make_spec(name, values, source)

    def design(self) -> Design:
        """Read what is swept."""
        about = self.about()
        try:
            axes = [Axis(a["path"], _frozen(a["values"])) for a in about["axes"]]
            return Design(tuple(axes), bool(about["random"]))
        except (KeyError, TypeError) as error:
            raise UserError(f"{self.path / SWEEP} is damaged: {error}") from None

    def check_versions(self) -> None:
        """Refuse to add to what other versions have found."""
        for name, here in own_versions():
            made_with = self.about()["versions"].get(name)
            if made_with != here:
                raise UserError(
                    f"{self.path} was begun with {name} {made_with}, here is {here}: "
                    "continue with the same versions, or start over in a new folder"
                )

    def files(self) -> list[Path]:
        """List the finished units."""
        return sorted((self.path / UNITS).glob("[0-9]*.nc"))

    def add(self, found: xr.Dataset) -> None:
        """Write a finished unit; it is durable when this returns."""
        (self.path / UNITS).mkdir(exist_ok=True)
        plain = found.copy()
        for name in (n for n in found if found[n].dtype.kind == "U"):
            plain[name] = _as_bytes(found[name])
        save_dataset(self.path / UNITS / f"{self._next:06d}.nc", plain)
        self._next += 1
        if self._replaced:
            shutil.rmtree(self._replaced, ignore_errors=True)
            self._replaced = None

    def units(self) -> Iterator[xr.Dataset]:
        """Read all finished units, one at a time."""
        for path in self.files():
            try:
                yield open_dataset(path)
            except UserError as error:
                hint = "delete it, and --resume does it again"
                raise UserError(f"{error}; {hint}") from None

    def done(self, n_points: int, first_seed: int, n_seeds: int) -> np.ndarray:
        """Tell which runs ``[point, seed]`` are done."""
        done = np.zeros((n_points, n_seeds), bool)
        for unit in self.units():
            done[np.ix_(unit["point"].values, unit["seed"].values - first_seed)] = True
        return done

    def discard(self) -> None:
        """Remove a sweep without a finished unit, and put back what it replaced."""
        if self.files():
            return
        shutil.rmtree(self.path, ignore_errors=True)
        if self._replaced:
            self._replaced.rename(self.path)
        with contextlib.suppress(OSError):  # it may hold other sweeps
            self.path.parent.rmdir()

    def write(self, name: str, text: str) -> None:
        """Write a text into the folder, atomically."""
        write_text(self.path / name, text)


def sweep_kind(path: Path) -> str:
    """Tell what was swept; "scenario" where the folder does not say."""
    try:
        found = tomllib.loads((path / SWEEP).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return SweepFolder.kind  # opening it says what is wrong
    return str(found.get("kind", SweepFolder.kind))


def is_sweep(path: Path) -> bool:
    """Tell whether a folder is that of a sweep."""
    return (path / SWEEP).is_file()


def _axis_table(axis: Axis) -> dict[str, Any]:
    return {"path": axis.path, "values": _thawed(axis.values)}


def _thawed(value: Any) -> Any:
    return [_thawed(part) for part in value] if isinstance(value, tuple) else value


def _frozen(value: Any) -> Any:
    return tuple(_frozen(part) for part in value) if isinstance(value, list) else value


def _as_bytes(texts: xr.DataArray) -> xr.DataArray:
    """Encode texts: netCDF-3 knows no others."""
    return texts.copy(data=np.char.encode(texts.values, "utf-8"))
