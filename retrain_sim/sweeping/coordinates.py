"""Coordinates of a sweep: the values of every axis, and whole vectors of weights."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import xarray as xr

from retrain_sim.spec import Spec, reward_names
from retrain_sim.sweeping.describing import description_of
from retrain_sim.sweeping.design import Design
from retrain_sim.sweeping.settings import values_at
from retrain_sim.sweeping.weights import WEIGHTS, weight_of


def coordinates_of(spec: Spec, design: Design) -> dict[str, xr.DataArray]:
    """Make the coordinates of a design: one per axis, and whole vectors of weights."""
    made = axis_coordinates(design, lambda path: description_of(spec, path))
    return made | _weight_vectors(spec, design)


def axis_coordinates(
    design: Design, describe: Callable[[str], str]
) -> dict[str, xr.DataArray]:
    """Make one coordinate per axis; ``describe`` says what a path means."""
    made = {}
    for path, name in design.names.items():
        values = next(axis.values for axis in design.axes if axis.path == path)
        dim = design.dims[0] if design.random else name
        about = {"path": path, "units": "1", "long_name": name.replace("_", " ")}
        about["description"] = describe(path)
        made[name] = xr.DataArray(_plain(values), dims=dim, attrs=about)
    if design.random:
        made[design.dims[0]] = xr.DataArray(np.arange(len(design)), dims=design.dims)
    return made


def _weight_vectors(spec: Spec, design: Design) -> dict[str, xr.DataArray]:
    """Store the whole vector wherever one of its weights, or all of it, is swept."""
    made = {}
    for vector in sorted({v for path in design.paths if (v := _vector_of(path))}):
        part = design.only([p for p in design.paths if _vector_of(p) == vector])
        at = [_arm_vectors(spec, part.point(i), vector) for i in range(len(part))]
        dims = tuple(design.names[path] for path in part.paths)
        dims = design.dims if design.random else dims
        values = np.reshape(at, (*part.shape, len(spec.arms), -1))
        if (values == values[..., :1, :]).all():
            found = xr.DataArray(values[..., 0, :], dims=(*dims, "reward"))
        else:
            found = xr.DataArray(values, dims=(*dims, "arm", "reward"))
        about = {"path": vector, "units": "1"}
        found.attrs = about | {"description": description_of(spec, vector)}
        name = vector.rpartition(".")[2]
        taken = name in made or name in design.names.values()
        made[f"{vector.replace('.', '_')}_vector" if taken else name] = found
    names = {"reward": xr.DataArray(list(reward_names(spec)), dims="reward")}
    return made | names if made else {}


def _vector_of(path: str) -> str:
    """Return the vector of weights that a path changes; "" if none."""
    found = weight_of(path)
    if found:
        return found[0]
    return path if path.rpartition(".")[2] in WEIGHTS else ""


def _arm_vectors(spec: Spec, point: dict[str, Any], vector: str) -> list[Any]:
    """Return the weights of every arm at one point."""
    values = values_at(spec.values, point)
    arms = values.get("arms") or {name: {} for name in spec.arms}
    section, *keys = [key for key in vector.split(".") if key not in arms]
    return [
        _first([arms[name].get(section), values[section]], keys) for name in spec.arms
    ]


def _first(tables: Sequence[Any], keys: list[str]) -> Any:
    """Follow the keys into the first table that has them."""
    for node in tables:
        for key in keys:
            node = node.get(key) if isinstance(node, dict) else None
        if node is not None:
            return node
    return None


def _plain(values: Sequence[Any]) -> list[Any]:
    """Make coordinates of numbers or texts; what is neither is written as text."""
    if all(isinstance(v, int | float) and not isinstance(v, bool) for v in values):
        return [float(v) for v in values] if any(map(_is_float, values)) else [*values]
    return [v if isinstance(v, str) else _as_text(v) for v in values]


def _is_float(value: Any) -> bool:
    return isinstance(value, float)


def _as_text(value: Any) -> str:
    if isinstance(value, tuple):
        return ", ".join(_as_text(part) for part in value)
    return f"{value:g}" if isinstance(value, float) else str(value)
