"""What a picture shows: which dimension goes where."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import xarray as xr

from retrain_sim.errors import UserError, nearest
from retrain_sim.sweeping.design import POINT
from retrain_sim.sweeping.summary import axis_names, shown, swept_dims

MOST_PANELS, MOST_COLORS = 6, 12
"""A dimension with more values is not spread over panels, or over colors."""


@dataclasses.dataclass(frozen=True)
class Wish:
    """What the user asks of pictures; what is empty is chosen.

    Args:
        metric: by default the headline metric.
        x, y: the axes of a map; ``x`` that of curves, too.
        color: the dimension told apart by color.
        panel: the dimension with a panel per value.
        at: dimension -> value, for what is not shown.
        round: by default the last.
    """

    metric: str = ""
    x: str = ""
    y: str = ""
    color: str = ""
    panel: str = ""
    at: Mapping[str, str] = dataclasses.field(default_factory=dict)
    round: int | None = None


@dataclasses.dataclass(frozen=True)
class Choice:
    """Results at the round and the values asked for, and which dimension goes where.

    ``found`` still has the seeds, and the rounds, for curves by round.
    """

    found: xr.Dataset
    metric: str
    round: int
    x: str
    y: str
    color: str
    panel: str
    fixed: str

    @property
    def last(self) -> xr.DataArray:
        """The metric in the round shown, seeds and all."""
        values = self.found[self.metric]
        return values.sel({self.clock: self.round}) if self.clock else values

    @property
    def clock(self) -> str:
        """The dimension of time that the metric has: round or step."""
        dims = self.found[self.metric].dims
        return next((d for d in ("round", "step") if d in dims), "")

    @property
    def expected(self) -> xr.DataArray | None:
        """What theory expects of it, if anything."""
        name = f"predicted/{self.metric}"
        if name not in self.found or not bool(self.found[name].notnull().any()):
            return None
        values = self.found[name]
        return values.sel(round=self.round) if "round" in values.dims else values

    def _title(self, value: Any) -> str:
        return (
            str(value)
            if self.panel == "arm"
            else f"{words(self.panel)} = {shown(value)}"
        )

    def panels(self) -> list[tuple[str, Choice]]:
        """Split into panels, with a title each."""
        if not self.panel:
            return [("", self)]
        return [
            (self._title(value),
             dataclasses.replace(self, found=self.found.sel({self.panel: value})))
            for value in self.found[self.panel].values.tolist()
        ]  # fmt: skip


def choose(
    found: xr.Dataset, headline: str, wish: Wish, places: Sequence[str]
) -> Choice:
    """Choose from the dimensions present what goes where.

    Args:
        found: results of a sweep.
        headline: the metric to show unless another is asked for.
        wish: what is asked for.
        places: of the picture, the most important first: x, y, color, panel.

    Returns:
        The choice; dimensions that fit nowhere are held at one value, which is said.

    Raises:
        UserError: no such metric, dimension, value or round.
    """
    metric = wish.metric or headline
    _check_metric(found, metric)
    found, fixed = _held(found, wish.at)
    free = _free_dims(found)
    named = {place: getattr(wish, place) for place in places}
    for place, name in named.items():
        if name and name not in free:
            raise UserError(f"--{place} {name}: {nearest(name, free)}")
    for place in places:
        rest = [d for d in free if d not in named.values()]
        if not named[place]:
            named[place] = next((d for d in rest if _fits(found, d, place)), "")
    rest = [d for d in free if d not in named.values()]
    firsts = {d: found[d].values.tolist()[0] for d in rest}
    found = found.sel(firsts)
    fixed += [f"{words(name)} = {shown(value)}" for name, value in firsts.items()]
    found = found.isel(dict.fromkeys(_alone(found), 0))
    told = {"x": "", "y": "", "color": "", "panel": ""} | named
    at = _round(found, metric, wish)
    return Choice(found, metric, at, **told, fixed=", ".join(fixed))


def choose_points(found: xr.Dataset, headline: str, wish: Wish) -> Choice:
    """Choose what a random design is drawn over: two settings, or the only one.

    Raises:
        UserError: no such metric, setting, value or round.
    """
    metric, able = wish.metric or headline, map_axes(found)
    _check_metric(found, metric)
    found, fixed = _held(found, wish.at)
    found = found.isel(dict.fromkeys(_alone(found), 0))
    for place in ("x", "y"):
        if getattr(wish, place) and getattr(wish, place) not in able:
            name = getattr(wish, place)
            raise UserError(f"--{place} {name}: {nearest(name, able)}")
    x = wish.x or next(n for n in able if n != wish.y)
    y = wish.y or next((n for n in able if n != x), "")
    at = _round(found, metric, wish)
    panel = "arm" if found.sizes.get("arm", 1) > 1 else ""
    return Choice(found, metric, at, x, y, "", panel, ", ".join(fixed))


def numeric(found: xr.Dataset, dim: str) -> bool:
    """Tell whether a dimension has finite numbers along it."""
    values = found[dim].values
    return values.dtype.kind in "if" and bool(np.isfinite(values).all())


def _fits(found: xr.Dataset, dim: str, option: str) -> bool:
    most = {"panel": MOST_PANELS, "color": MOST_COLORS}.get(option, found.sizes[dim])
    return found.sizes[dim] <= most and (option not in "xy" or dim != "arm")


def words(dim: str) -> str:
    """Write a dimension's name for people."""
    return dim.replace("_", " ")


def _alone(found: xr.Dataset) -> list[str]:
    """List the dimensions that have a single value: there is nothing to show."""
    dims = [*swept_dims(found), "arm"]
    return [d for d in dims if found.sizes.get(d) == 1 and d != POINT]


def _free_dims(found: xr.Dataset) -> list[str]:
    """List the dimensions to place: long numeric ones first, arms last."""
    dims = [d for d in [*swept_dims(found), "arm"] if found.sizes.get(d, 1) > 1]
    return sorted(dims, key=lambda d: (d == "arm", not numeric(found, d),
                                       -found.sizes[d]))  # fmt: skip


def _held(found: xr.Dataset, at: Mapping[str, str]) -> tuple[xr.Dataset, list[str]]:
    """Hold dimensions at the values asked for."""
    fixed = []
    for dim, text in at.items():
        allowed = [*swept_dims(found), "arm"]
        if dim not in allowed or dim not in found.dims:
            raise UserError(f"--at {dim}={text}: {nearest(dim, allowed)}")
        values = found[dim].values.tolist()
        index = [i for i, v in enumerate(values) if _same(v, text)]
        if not index:
            there = nearest(text, map(shown, values))
            raise UserError(f"--at {dim}={text}: no such value; {there}")
        found = found.isel({dim: index[0]})
        fixed.append(f"{dim} = {text}")
    return found, fixed


def _same(value: Any, text: str) -> bool:
    try:
        return str(value) == text or float(value) == float(text)
    except ValueError:
        return False


def _check_metric(found: xr.Dataset, metric: str) -> None:
    known = [str(n) for n, v in found.items() if "seed" in v.dims]
    if metric not in known:
        raise UserError(f"--metric {metric}: {nearest(metric, known)}")


def _round(found: xr.Dataset, metric: str, wish: Wish) -> int:
    dims = found[metric].dims
    clock = next((d for d in ("round", "step") if d in dims), "")
    if not clock:
        return 0
    values = found[clock].values
    if wish.round is not None and wish.round not in values:
        allowed = f"allowed: {values[0]}..{values[-1]}"
        raise UserError(f"--round {wish.round}: no such round; {allowed}")
    return int(values[-1] if wish.round is None else wish.round)


def map_axes(found: xr.Dataset) -> list[str]:
    """List what a random design can be drawn over."""
    return [n for n in axis_names(found) if numeric(found, n)]
