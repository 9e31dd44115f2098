"""Results: everything a sweep has found, as one data set with named dimensions."""

from __future__ import annotations

from collections.abc import Sequence

import xarray as xr

from retrain_sim.sweeping.coordinates import coordinates_of
from retrain_sim.sweeping.folder import SweepFolder
from retrain_sim.sweeping.joining import chosen, described, joined, on_grid
from retrain_sim.sweeping.verdicts import with_verdicts


def sweep_results(
    folder: SweepFolder, metrics: Sequence[str] | None = None
) -> xr.Dataset:
    """Join the units of a sweep on the grid of its design."""
    spec, design = folder.spec(), folder.design()
    units = (chosen(unit, metrics) for unit in folder.units())
    flat = joined(units, len(design), spec)
    made = on_grid(flat, design).assign_coords(coordinates_of(spec, design))
    made.attrs = {"title": spec.title, "scenario": spec.name}
    made.attrs |= {"headline": spec.headline.metric}
    return described(with_verdicts(made, spec.headline))
