"""What a unit found, with named dimensions.

Points that share their ground are named together, as if every point had arms of its
own: the very code that names the arms of a run.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import xarray as xr

from retrain_sim.history import to_history, to_prediction
from retrain_sim.predictions.base import Outlook
from retrain_sim.preparation import Prepared
from retrain_sim.simulate import Simulated
from retrain_sim.sweeping.crossing import Arrays, Crossed

PREDICTED, PREDICTED_SE = "predicted/", "predicted_se/"
"""Before a metric's name: what theory expects of it, and that number's own error."""


def measured_of(
    crossed: Crossed, simulated: tuple[Arrays, Arrays], seeds: tuple[int, int]
) -> xr.Dataset:
    """Name the dimensions of what was recorded, and add what follows from it."""

    def name(flat: Prepared, points: list[int]) -> xr.Dataset:
        some = len(points) < len(crossed.points)
        rows, infos = (_of_points(arrays, points, some) for arrays in simulated)
        return _history(flat, rows, infos, seeds)

    return _by_ground(crossed, name)


def predicted_of(
    crossed: Crossed, outlooks: Sequence[Sequence[tuple[Outlook, str]]]
) -> xr.Dataset:
    """Name the dimensions of the predictions, and say which do not apply."""

    def name(flat: Prepared, points: list[int]) -> xr.Dataset:
        found = [pair for point in points for pair in outlooks[point]]
        by_arm = dict(zip(flat.arms, [outlook for outlook, _ in found], strict=True))
        made = to_prediction(by_arm, flat)
        made = made.rename({name: _predicted_name(str(name)) for name in made})
        made["broken"] = ("arm", np.array([why for _, why in found], np.str_))
        return made

    return _by_ground(crossed, name)


def _by_ground(
    crossed: Crossed, name: Callable[[Prepared, list[int]], xr.Dataset]
) -> xr.Dataset:
    """Name the points of every ground, then join them in their order."""
    shared: dict[int, list[int]] = {}
    for i, prepared in enumerate(crossed.points):
        shared.setdefault(id(prepared.atoms.probs), []).append(i)
    parts = []
    for points in shared.values():
        made = name(_flattened(crossed, points), points)
        parts.append(_unfolded(made, crossed.arms).assign_coords(point=points))
    options: dict[str, Any] = {"join": "exact", "combine_attrs": "drop"}
    options |= {"data_vars": "all", "coords": "minimal", "compat": "override"}
    joined = xr.concat(parts, "point", **options) if len(parts) > 1 else parts[0]
    return joined.sortby("point")


def _flattened(crossed: Crossed, points: list[int]) -> Prepared:
    """Make points of one ground look like a scenario with very many arms."""
    arms = {
        f"{i}/{arm}": scenario
        for i in points
        for arm, scenario in crossed.points[i].arms.items()
    }
    return crossed.points[points[0]]._replace(arms=arms)


def _unfolded(made: xr.Dataset, arms: list[str]) -> xr.Dataset:
    """Split the arms of a flattened scenario into points and arms."""

    def split(values: xr.DataArray) -> tuple[tuple[str, ...], np.ndarray]:
        shape = (-1, len(arms), *values.shape[1:])
        return ("point", *map(str, values.dims)), values.values.reshape(shape)

    data = {name: split(values) for name, values in made.items()}
    coords = {name: values for name, values in made.coords.items() if name != "arm"}
    return xr.Dataset(data, coords | {"arm": arms})


def _of_points(arrays: Arrays, points: list[int], some: bool) -> Arrays:
    """Take points, their arms in a row, without what only other points measure."""
    own = {name: values[points] for name, values in arrays.items()}
    if some:
        own = {name: v for name, v in own.items() if not np.isnan(v).all()}
    return {name: v.reshape(-1, *v.shape[2:]) for name, v in own.items()}


def _history(
    flat: Prepared, rows: Arrays, infos: Arrays, seeds: tuple[int, int]
) -> xr.Dataset:
    run = dataclasses.replace(flat.spec.run, seed=seeds[0], seeds=seeds[1])
    spec = dataclasses.replace(flat.spec, run=run)
    none = np.zeros((len(flat.arms), seeds[1], run.rounds + 1, 0), np.float32)
    simulated = Simulated(rows, infos, none, 0.0, 0.0)
    made = to_history(simulated, flat._replace(spec=spec))
    return made.drop_vars("samples").astype(np.float32)


def _predicted_name(name: str) -> str:
    if name.startswith("se/"):
        return PREDICTED_SE + name.removeprefix("se/")
    return PREDICTED + name
