"""Units of a sweep, joined: every run in its place on the grid of the design."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
import xarray as xr

from retrain_sim.labels import label_of
from retrain_sim.sweeping.design import Design
from retrain_sim.sweeping.folder import Swept
from retrain_sim.sweeping.naming import PREDICTED, PREDICTED_SE


def joined(units: Iterable[xr.Dataset], n_points: int, spec: Swept) -> xr.Dataset:
    """Put the units' runs in their places; what is not there yet is NaN."""
    run, arrays, dims = spec.run, {}, {}
    sizes = {"point": n_points, "arm": len(spec.arms), "seed": run.seeds}
    sizes |= {"round": run.rounds + 1, "step": run.rounds}
    for unit in units:
        points, seeds = unit["point"].values, unit["seed"].values - run.seed
        for name, values in unit.items():
            if name not in arrays:
                shape = [sizes[str(dim)] for dim in values.dims]
                arrays[name], dims[name] = _empty(shape, values.dtype), values.dims
            if values.dtype.kind in "US":
                arrays[name][points] = np.char.decode(values.values.astype(bytes))
            elif "seed" in values.dims:
                arrays[name][np.ix_(points, np.arange(sizes["arm"]), seeds)] = values
            else:
                arrays[name][points] = values
    coords: dict[str, Any] = {
        "arm": list(spec.arms),
        "seed": np.arange(run.seed, run.seed + run.seeds),
        "round": np.arange(run.rounds + 1),
        "step": np.arange(1, run.rounds + 1),
    }
    data = {name: (dims[name], values) for name, values in arrays.items()}
    return xr.Dataset(data, coords)


def _empty(shape: list[int], dtype: np.dtype) -> np.ndarray:
    if dtype.kind in "US":
        return np.full(shape, "", object)
    return np.full(shape, np.nan, dtype)


def on_grid(flat: xr.Dataset, design: Design) -> xr.Dataset:
    """Fold the points into the dimensions of the design."""
    if "point" not in flat.dims or design.random:
        return flat
    data = {
        name: (
            (*design.dims, *values.dims[1:]),
            values.values.reshape(*design.shape, *values.shape[1:]),
        )
        for name, values in flat.items()
    }
    coords = {name: c for name, c in flat.coords.items() if name != "point"}
    return xr.Dataset(data, coords)


def chosen(found: xr.Dataset, metrics: Sequence[str] | None) -> xr.Dataset:
    """Keep some metrics, and what theory expects of them; None for all."""
    if metrics is None:
        return found
    wanted = {p + m for m in metrics for p in ("", PREDICTED, PREDICTED_SE)}
    return found[[n for n in found if n in wanted or n in ALWAYS]]


def described(found: xr.Dataset) -> xr.Dataset:
    """Say of every variable what it is and in which unit."""
    for name in map(str, found):
        metric, about = name, ""
        for prefix, words in _PREFIXES.items():
            if name.startswith(prefix):
                metric, about = name.removeprefix(prefix), words
        label = label_of(metric) if "/" in metric else metric
        units = "nats" if "(nats)" in label else "1"
        found[name].attrs |= {"long_name": about + label, "units": units}
    for name, words in _COORDINATES.items():
        if name in found.coords:
            found[name].attrs |= {"description": words, "units": "1"}
    return found


def expected(name: str) -> str:
    """Name what theory expects of a metric, as it is called in a run's folder."""
    if name.startswith("se/"):
        return PREDICTED_SE + name.removeprefix("se/")
    return PREDICTED + name


ALWAYS = ("broken", "run/finite", "run/trained", "target_excess")
"""Kept whichever metrics are asked for: without them numbers may mislead."""

_PREFIXES = {PREDICTED: "theory: ", PREDICTED_SE: "error of the theory: "}
_COORDINATES = {
    "arm": "variant of the scenario",
    "seed": "seed of a run; the same random numbers at every point",
    "round": "rounds so far; row t describes p_t",
    "step": "steps between rounds; step t leads to p_t",
    "point": "place in the random design",
}
