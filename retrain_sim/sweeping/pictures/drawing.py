"""Which pictures a sweep has, chosen from its dimensions."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import xarray as xr
from matplotlib.figure import Figure

from retrain_sim.errors import UserError, nearest
from retrain_sim.files import write_atomic
from retrain_sim.report import png
from retrain_sim.sweeping.design import POINT
from retrain_sim.sweeping.pictures.choice import (
    Choice,
    Wish,
    choose,
    choose_points,
    map_axes,
    numeric,
)
from retrain_sim.sweeping.pictures.curves import draw_curves, draw_rounds
from retrain_sim.sweeping.pictures.maps import draw_heat, draw_phase
from retrain_sim.sweeping.pictures.scatter import draw_scatter
from retrain_sim.sweeping.summary import swept_dims

KINDS: dict[str, Callable[[Choice], Figure]] = {
    "curves": draw_curves,
    "rounds": draw_rounds,
    "heat": draw_heat,
    "phase": draw_phase,
    "scatter": draw_scatter,
}
"""Kind of picture -> what draws it."""

PLACES = {
    "curves": ("x", "color", "panel"),
    "rounds": ("color", "panel"),
    "heat": ("x", "y", "panel"),
    "phase": ("x", "y", "panel"),
}
"""Kind of picture -> where dimensions can go, the most important place first."""

LEAST_PHASE = 3
"""Values along each axis that a phase diagram needs."""


def suitable(found: xr.Dataset, wish: Wish) -> list[str]:
    """List the kinds of pictures that these dimensions allow."""
    dims = [d for d in swept_dims(found) if found.sizes[d] > 1 and d not in wish.at]
    if POINT in dims:
        return ["scatter"] if map_axes(found) else []
    kinds = ["curves", "rounds"] if dims else ["rounds"]
    long = [d for d in dims if numeric(found, d) and found.sizes[d] >= LEAST_PHASE]
    if len(dims) > 1:
        kinds.append("heat")
    return [*kinds, "phase"] if len(long) > 1 else kinds


def draw_all(
    found: xr.Dataset, headline: str, folder: Path, kinds: Sequence[str], wish: Wish
) -> list[Path]:
    """Draw pictures of a sweep into a folder.

    Args:
        found: results of a sweep.
        headline: the metric to show unless ``wish`` names another.
        folder: made if need be.
        kinds: of pictures; empty for all that suit.
        wish: which dimension goes where.

    Returns:
        The files.

    Raises:
        UserError: a kind that does not exist or does not suit the dimensions.
    """
    able = suitable(found, wish)
    for kind in kinds:
        if kind not in KINDS:
            raise UserError(f"--kind {kind}: {nearest(kind, KINDS)}")
        if kind not in able:
            dims = ", ".join(swept_dims(found))
            raise UserError(
                f"--kind {kind}: not with the dimensions {dims}; "
                f"allowed: {', '.join(able) or '(nothing)'}"
            )
    drawn = {kind: _draw(found, headline, kind, wish) for kind in kinds or able}
    folder.mkdir(parents=True, exist_ok=True)
    return [_write(folder / f"{kind}.png", figure) for kind, figure in drawn.items()]


def _draw(found: xr.Dataset, headline: str, kind: str, wish: Wish) -> Figure:
    if kind not in PLACES:
        return KINDS[kind](choose_points(found, headline, wish))
    return KINDS[kind](choose(found, headline, wish, PLACES[kind]))


def _write(path: Path, figure: Figure) -> Path:
    image = png(figure)
    write_atomic(path, lambda file: file.write(image))
    return path
