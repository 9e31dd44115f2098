"""What runs and sweeps of policies found: one data set, a table, plain data."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import xarray as xr

from retrain_sim.policy.folder import PolicyResult
from retrain_sim.policy.pictures import ENTROPY, RIGHT
from retrain_sim.policy.spec import PolicySpec
from retrain_sim.policy.sweep_folder import PolicySweepFolder
from retrain_sim.policy.sweep_points import EXCESS
from retrain_sim.result import plain
from retrain_sim.sweeping.coordinates import axis_coordinates
from retrain_sim.sweeping.describing import setting_line
from retrain_sim.sweeping.joining import chosen, described, joined, on_grid
from retrain_sim.sweeping.summary import (
    MOST_ROWS,
    axis_names,
    json_value,
    parts_of_dim,
    shown,
    swept_dims,
)
from retrain_sim.tables import Table, number
from retrain_sim.verdicts import standard_error


def policy_results(
    result: PolicyResult, metrics: Sequence[str] | None = None
) -> xr.Dataset:
    """Return the history of a run, described as that of a sweep is."""
    return _titled(chosen(result.history, metrics), result.spec)


def policy_sweep_results(
    folder: PolicySweepFolder, metrics: Sequence[str] | None = None
) -> xr.Dataset:
    """Join the units of a sweep on the grid of its design.

    Args:
        folder: of the sweep, finished or not.
        metrics: only these; by default all.

    Returns:
        Metrics [<swept>, ..., arm, seed, round or step]; NaN where nothing is done.
    """
    spec, design = folder.spec(), folder.design()
    units = (chosen(unit, metrics) for unit in folder.units())
    flat = on_grid(joined(units, len(design), spec), design)
    coordinates = axis_coordinates(design, lambda path: _describe(spec, path))
    return _titled(flat.assign_coords(coordinates), spec)


def _titled(found: xr.Dataset, spec: PolicySpec) -> xr.Dataset:
    headline = RIGHT if RIGHT in found else ENTROPY
    about = {"title": spec.title, "scenario": spec.name, "headline": headline}
    return described(found.assign_attrs(about))


def _describe(spec: PolicySpec, path: str) -> str:
    """Return the line about a setting in its component's docstring; "" if none."""
    named = next((arm for arm in spec.arms if path.startswith(f"{arm}.")), None)
    node: Any = spec.tasks[named or spec.arms[0]]
    *above, last = path.removeprefix(f"{named}.").split(".")
    for name in above:
        node = getattr(node, name, None)
    return setting_line(type(node), last)


def policy_points_table(found: xr.Dataset) -> Table:
    """One row per point and arm, or per value of each dimension if these are many."""
    metrics = [name for name in (ENTROPY, RIGHT) if name in found]
    short = [name.removeprefix("policy/") for name in metrics]
    at = _places(found)
    if len(at) <= MOST_ROWS:
        rows = [[*map(shown, names), *_cells(here, metrics)] for names, here in at]
        return Table([*axis_names(found), "arm", *short], rows)
    last = found[metrics].isel(round=-1).mean("seed")
    rows = [
        [name, *(number(float(last[m].sel({dim: part[dim]}).mean())) for m in metrics)]
        for dim in [*swept_dims(found), "arm"]
        for name, part in parts_of_dim(found, dim)
    ]
    return Table(["mean over points with", *short], rows)


def policy_sweep_summary(found: xr.Dataset) -> dict[str, Any]:
    """Return the sweep as plain data: what ``--json`` prints."""
    metrics = [str(n) for n, v in found.items() if "round" in v.dims]
    points = []
    for names, here in _places(found):
        row = dict(
            zip([*axis_names(found), "arm"], map(json_value, names), strict=True)
        )
        for metric in metrics:
            mean, se = _ends(here, metric)
            row[metric] = {"mean": plain(mean), "se": plain(se)}
        points.append(row)
    about = {"name": found.attrs["scenario"], "trouble": policy_trouble(found)}
    return about | {"seeds": found.sizes["seed"], "points": points}


def policy_trouble(found: xr.Dataset) -> str:
    """Say how many runs are not finite, and how many targets out of reach; or ""."""
    bad = int((found["run/finite"] == 0).any("step").sum())
    parts = [f"{bad} runs are not finite: is a rate too large?"] if bad else []
    high = int((found[EXCESS] > 0).sum())
    if high:
        most = float(found[EXCESS].max())
        parts.append(
            f"{high} entropy targets are above the most varied perfect policy, by up "
            f"to {most:.2f} nats: they cost accuracy"
        )
    return "; ".join(parts)


def _places(found: xr.Dataset) -> list[tuple[list[Any], xr.Dataset]]:
    """List every point and arm: the values there, and what was found."""
    dims, names = [*swept_dims(found), "arm"], [*axis_names(found), "arm"]
    places = np.ndindex(*(found.sizes[dim] for dim in dims))
    here = [found.isel(dict(zip(dims, at, strict=True))) for at in places]
    return [([part[name].item() for name in names], part) for part in here]


def _ends(here: xr.Dataset, metric: str) -> tuple[float, float]:
    last = here[metric].values[..., -1].astype(np.float64)
    return float(last.mean()), standard_error(last)


def _cells(here: xr.Dataset, metrics: list[str]) -> list[str]:
    ends = [_ends(here, metric) for metric in metrics]
    return [f"{number(mean)} ± {number(se)}" for mean, se in ends]
