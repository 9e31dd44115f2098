"""What a sweep found, in tables."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import xarray as xr

from retrain_sim.errors import UserError
from retrain_sim.labels import label_of
from retrain_sim.result import plain
from retrain_sim.spec import Spec
from retrain_sim.sweeping.design import POINT
from retrain_sim.sweeping.naming import PREDICTED
from retrain_sim.sweeping.verdicts import NOT_DONE, count_verdicts
from retrain_sim.tables import Table, number, signed
from retrain_sim.verdicts import CLOSE, FAIL, NOT_APPLICABLE, PASS

MOST_ROWS = 24
"""Points and arms that are listed one by one; of more, values of each dimension."""

MOST_PARTS = 12
"""Values of a dimension that are listed one by one; of more, ranges."""

ORDER = (PASS, CLOSE, FAIL, NOT_APPLICABLE, NOT_DONE)


def swept_dims(found: xr.Dataset) -> list[str]:
    """List the dimensions that the sweep added."""
    known = {"arm", "seed", "round", "step", "reward", "shown"}
    for values in found.values():
        if "seed" in values.dims:
            return [str(d) for d in values.dims if d not in known]
    raise UserError("nothing has been measured yet: continue the sweep with --resume")


def points_table(found: xr.Dataset, spec: Spec) -> Table:
    """One row per point and arm, or per value of each dimension if these are many."""
    if found["verdict"].size <= MOST_ROWS:
        return _each(found, spec)
    return _by_value(found, spec)


def _each(found: xr.Dataset, spec: Spec) -> Table:
    metric, dims = spec.headline.metric, swept_dims(found)
    axes = axis_names(found)
    rows = []
    for at in np.ndindex(*(found.sizes[d] for d in (*dims, "arm"))):
        here = found.isel(dict(zip((*dims, "arm"), at, strict=True)))
        row = [shown(here[name].item()) for name in axes]
        row += [str(here["arm"].item()), *_numbers(here, metric)]
        rows.append([*row, str(here["verdict"].item())])
    header = [*axes, "arm", f"{label_of(metric)}, last", "predicted", "gap", "verdict"]
    return Table(header, rows)


def _numbers(here: xr.Dataset, metric: str) -> list[str]:
    last = here[metric].isel(round=-1).values
    error = np.std(last, ddof=1) / np.sqrt(len(last)) if len(last) > 1 else np.nan
    expected = f"{PREDICTED}{metric}"
    told = float(here[expected].isel(round=-1)) if expected in here else np.nan
    mean = f"{number(float(last.mean()))} ± {number(float(error))}"
    return [mean, number(told), signed(float(here["gap"]))]


def _by_value(found: xr.Dataset, spec: Spec) -> Table:
    metric = spec.headline.metric
    last = found[metric].isel(round=-1).mean(["seed"])
    rows = []
    for dim in [*swept_dims(found), "arm"]:
        for name, part in parts_of_dim(found, dim):
            counts = [str((part["verdict"] == v).sum().item()) for v in _present(found)]
            mean = float(last.sel({dim: part[dim]}).mean())
            rows.append([name, number(mean), *counts])
    header = ["points with", f"{label_of(metric)}, last", *_present(found)]
    return Table(header, rows)


def parts_of_dim(found: xr.Dataset, dim: str) -> Iterator[tuple[str, xr.Dataset]]:
    """Split a dimension into its values, or into ranges if it has many."""
    if dim == POINT:
        return
    n = found.sizes[dim]
    for part in np.array_split(np.arange(n), min(n, MOST_PARTS)):
        values = found[dim].values[[part[0], part[-1]]].tolist()
        ends = [shown(value) for value in values]
        name = ends[0] if len(part) == 1 else " .. ".join(ends)
        yield f"{dim} = {name}", found.isel({dim: part})


def _present(found: xr.Dataset) -> list[str]:
    there = count_verdicts(found)
    return [verdict for verdict in ORDER if verdict in there]


def verdict_line(found: xr.Dataset) -> str:
    """Count the verdicts in one line.

    Example:
        >>> verdict_line(xr.Dataset({"verdict": ("arm", ["PASS", "FAIL", "PASS"])}))
        '2 PASS, 1 FAIL'
    """
    there = count_verdicts(found)
    return ", ".join(f"{there[v]} {v}" for v in ORDER if v in there)


def trouble_line(found: xr.Dataset) -> str:
    """Say how many runs are not finite or had nothing to train on; "" if none."""
    finite, trained = found["run/finite"], found["run/trained"]
    bad = int((finite == 0).any("round").sum())
    empty = int((trained == 0).any("step").sum())
    parts = [f"{bad} runs are not finite"] if bad else []
    parts += [f"{empty} runs had nothing left to train on"] if empty else []
    return "; ".join(parts)


def sweep_summary(found: xr.Dataset, spec: Spec) -> dict[str, Any]:
    """Return the sweep as plain data: what ``--json`` prints."""
    metric, dims = spec.headline.metric, swept_dims(found)
    axes = axis_names(found)
    points = []
    for at in np.ndindex(*(found.sizes[d] for d in (*dims, "arm"))):
        here = found.isel(dict(zip((*dims, "arm"), at, strict=True)))
        row = {name: json_value(here[name].item()) for name in [*axes, "arm"]}
        row |= {"mean": plain(float(here[metric].isel(round=-1).mean()))}
        row |= {
            "gap": plain(float(here["gap"])),
            "gap_se": plain(float(here["gap_se"])),
        }
        points.append(row | {"verdict": str(here["verdict"].item())})
    run = spec.run
    about: dict[str, Any] = {"name": spec.name, "metric": metric, "seeds": run.seeds}
    about |= {"rounds": run.rounds, "verdicts": count_verdicts(found)}
    return about | {"trouble": trouble_line(found), "points": points}


def axis_names(found: xr.Dataset) -> list[str]:
    """List the swept settings: the coordinates that know their path."""
    return [
        str(n) for n, c in found.coords.items() if "path" in c.attrs and c.ndim == 1
    ]


def json_value(value: Any) -> Any:
    """Return a value that JSON knows: infinity as the text "inf"."""
    return "inf" if value == float("inf") else value


def shown(value: Any) -> str:
    """Write a coordinate's value."""
    return f"{value:.4g}" if isinstance(value, float) else str(value)
