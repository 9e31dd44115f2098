"""Results: everything a sweep has found, as one data set with named dimensions."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import xarray as xr

from retrain_sim.labels import label_of
from retrain_sim.spec import Spec
from retrain_sim.store import RunFolder
from retrain_sim.sweeping.coordinates import coordinates_of
from retrain_sim.sweeping.design import Design
from retrain_sim.sweeping.folder import SweepFolder, is_sweep
from retrain_sim.sweeping.naming import PREDICTED, PREDICTED_SE
from retrain_sim.sweeping.verdicts import with_verdicts


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
        to be done are NaN. ``.to_dataframe()`` makes it tidy.

    Raises:
        UserError: neither a sweep nor a finished run, or damaged.
    """
    path = Path(folder)
    if is_sweep(path):
        return sweep_results(SweepFolder.open(path), metrics)
    result = RunFolder.open(path).result()
    theory = result.prediction.rename(
        {name: _expected(str(name)) for name in result.prediction}
    )
    found = xr.merge([result.history, theory], join="outer", combine_attrs="drop")
    return _described(_chosen(found, metrics))


def sweep_results(
    folder: SweepFolder, metrics: Sequence[str] | None = None
) -> xr.Dataset:
    """Join the units of a sweep on the grid of its design."""
    spec, design = folder.spec(), folder.design()
    flat = _joined(
        (_chosen(unit, metrics) for unit in folder.units()), len(design), spec
    )
    made = _on_grid(flat, design).assign_coords(coordinates_of(spec, design))
    made.attrs = {"title": spec.title, "scenario": spec.name}
    made.attrs |= {"headline": spec.headline.metric}
    return _described(with_verdicts(made, spec.headline))


def _joined(units: Iterable[xr.Dataset], n_points: int, spec: Spec) -> xr.Dataset:
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


def _on_grid(flat: xr.Dataset, design: Design) -> xr.Dataset:
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


def _expected(name: str) -> str:
    if name.startswith("se/"):
        return PREDICTED_SE + name.removeprefix("se/")
    return PREDICTED + name


def _chosen(found: xr.Dataset, metrics: Sequence[str] | None) -> xr.Dataset:
    if metrics is None:
        return found
    wanted = {p + m for m in metrics for p in ("", PREDICTED, PREDICTED_SE)}
    return found[[n for n in found if n in wanted or n in ALWAYS]]


def _described(found: xr.Dataset) -> xr.Dataset:
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


ALWAYS = ("broken", "run/finite", "run/trained")
"""Kept whichever metrics are asked for: without them numbers may mislead."""

_PREFIXES = {PREDICTED: "theory: ", PREDICTED_SE: "error of the theory: "}
_COORDINATES = {
    "arm": "variant of the scenario",
    "seed": "seed of a run; the same random numbers at every point",
    "round": "rounds of retraining; row t describes p_t",
    "step": "acts of curation; step t leads to p_t",
    "point": "place in the random design",
}
