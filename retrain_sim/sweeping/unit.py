"""The work unit: a few points of a sweep that any process, anywhere, can do.

An engine is a ``concurrent.futures.Executor``: ``executor.submit(run_unit, unit)``. A
unit is plain values and pickles to about a kilobyte; what comes back is an xarray data
set of NumPy arrays. Nothing is written, nothing depends on what the process did before:
prepared data and compiled programs are kept, but only as caches.
"""

from __future__ import annotations

import dataclasses
import time
from typing import Any

import jax
import numpy as np
import xarray as xr

from retrain_sim.errors import UserError
from retrain_sim.provenance import versions
from retrain_sim.spec import Spec, make_spec
from retrain_sim.sweeping.crossing import Crossed, cross
from retrain_sim.sweeping.naming import measured_of, predicted_of
from retrain_sim.sweeping.settings import spec_at

COMPARED = ("retrain_sim", "jax", "numpy")
"""Packages whose versions must be the same wherever units of one sweep are done."""


@dataclasses.dataclass(frozen=True)
class Unit:
    """Some points of a sweep, all arms, some seeds.

    Args:
        name: the scenario's name.
        source: where it came from, for messages.
        values: the sections of the scenario file; ``run.seed`` also decides p_0.
        points: of every point its dotted paths -> values, laid over ``values``.
        index: the place of every point in the design.
        seeds: the first seed, and how many.
        room: points and seeds that the compiled program has room for, no less than
            these: units with the same room share a program.
        predict: whether to compute the theory, too (once per point suffices).
        versions: of the packages in ``COMPARED``; () accepts any.
    """

    name: str
    source: str
    values: dict[str, Any]
    points: tuple[dict[str, Any], ...]
    index: tuple[int, ...]
    seeds: tuple[int, int]
    room: tuple[int, int]
    predict: bool = True
    versions: tuple[tuple[str, str], ...] = ()

    def spec(self) -> Spec:
        """Return the scenario without the points' settings."""
        return make_spec(self.name, self.values, self.source)


def run_unit(unit: Unit) -> xr.Dataset:
    """Simulate and predict a unit.

    Args:
        unit: what to do.

    Returns:
        Metrics [point, arm, seed, round], selection metrics [point, arm, seed, step],
        ``predicted/<metric>`` [point, arm, round], ``broken`` [point, arm]: the first
        assumption that fails, or "". Coordinate ``point``: places in the design.
        Attributes ``prepare_s``, ``run_s``, ``predict_s``: seconds.

    Raises:
        UserError: values that do not make a scenario, or other versions here.

    Example:
        >>> from retrain_sim import load_spec
        >>> spec = load_spec("coin-drift", {"run.seeds": 3, "run.rounds": 5})
        >>> points = ({"curation.n_kept": 20}, {"curation.n_kept": 20})
        >>> unit = Unit(spec.name, "", spec.values, points, (0, 1), (0, 3), (2, 3))
        >>> dict(run_unit(unit)["collapse/heterozygosity"].sizes)
        {'point': 2, 'arm': 1, 'seed': 3, 'round': 6}
    """
    if unit.versions:
        check_versions(unit.versions, own_versions(), "this worker")
    times, began = {}, time.perf_counter()
    base = unit.spec()
    crossed = cross([spec_at(base, point) for point in unit.points], base)
    batches = crossed.compiled(unit.room)
    times["prepare_s"], began = _lap(began)
    try:
        simulated = crossed.simulate(batches, *unit.seeds)
    except jax.errors.JaxRuntimeError as error:  # a reward on the host, memory
        raise UserError(
            f"the simulation stopped: {str(error).splitlines()[0]}"
        ) from None
    times["run_s"], began = _lap(began)
    parts = [measured_of(crossed, simulated, unit.seeds)]
    if unit.predict:
        parts.append(_predicted(crossed))
    times["predict_s"], began = _lap(began)
    made = xr.merge(parts, join="exact", compat="no_conflicts", combine_attrs="drop")
    made = made.assign_coords(point=np.array(unit.index, np.int32))
    return made.assign_attrs(times)


def own_versions() -> tuple[tuple[str, str], ...]:
    """Return the versions here, to be compared where the unit is done."""
    found = versions()
    return tuple((name, found[name]) for name in COMPARED)


def _predicted(crossed: Crossed) -> xr.Dataset:
    return predicted_of(crossed, crossed.predict())


def check_versions(
    asked: tuple[tuple[str, str], ...], here: tuple[tuple[str, str], ...], who: str
) -> None:
    """Refuse a process whose results would be of other versions.

    Args:
        asked: what the sweep was started with; () accepts any.
        here: what the process has.
        who: the process, for the message.

    Raises:
        UserError: names the first package that differs.
    """
    found = dict(here)
    for name, version in asked:
        if found[name] != version:
            raise UserError(
                f"{who} has {name} {found[name]}, the sweep was started with "
                f"{version}: install the same versions everywhere"
            )


def _lap(began: float) -> tuple[float, float]:
    now = time.perf_counter()
    return now - began, now
