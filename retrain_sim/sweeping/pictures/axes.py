"""Axes and colors of sweep pictures."""

from __future__ import annotations

from typing import Any

import matplotlib
import numpy as np
import xarray as xr
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from retrain_sim.plotting import COLORS
from retrain_sim.sweeping.pictures.choice import Choice, numeric, words
from retrain_sim.sweeping.summary import shown

MOST_TICKS = 10
MAP = "cividis"
"""Readable for all, in gray as well."""


def positions(found: xr.Dataset, dim: str, cells: bool = False) -> np.ndarray:
    """Return where the values of a dimension lie on an axis: where they are, or 0, 1 ..

    Args:
        found: results.
        dim: the dimension.
        cells: whether every value has a cell of the same width.
    """
    if cells or not numeric(found, dim):
        return np.arange(found.sizes[dim], dtype=float)
    return found[dim].values.astype(float)


def label_axis(ax: Axes, found: xr.Dataset, dim: str, which: str, cells: bool) -> None:
    """Name an axis after its dimension; write the values where they are no numbers."""
    axis = ax.xaxis if which == "x" else ax.yaxis
    axis.set_label_text(name_of(found, dim))
    if cells or not numeric(found, dim):
        places = np.arange(found.sizes[dim])
        step = -(-len(places) // MOST_TICKS)
        labels = [shown(value) for value in found[dim].values.tolist()]
        axis.set_ticks(places[::step], labels[::step])
        if which == "x" and max(map(len, labels)) > 6:
            ax.tick_params(axis="x", rotation=45)
    elif _over_decades(found[dim].values):
        (ax.set_xscale if which == "x" else ax.set_yscale)("log")


def name_of(found: xr.Dataset, dim: str) -> str:
    """Write a dimension's name for people; a weight with its voter.

    Example:
        >>> name_of(xr.Dataset(coords={"slate_size": [2]}), "slate_size")
        'slate size'
    """
    path = str(found[dim].attrs.get("path", ""))
    position = path.rpartition(".")[2]
    if position.isdigit() and "reward" in found.coords:
        who = found["reward"].values[int(position)]
        return f"weight of {who}"
    return words(dim)


def colors_of(found: xr.Dataset, dim: str) -> list[Any]:
    """Choose a color per value: distinct ones, or a scale for numbers in order."""
    n = found.sizes.get(dim, 1) if dim else 1
    if not dim or not numeric(found, dim) or n <= 3:
        return [COLORS[i % len(COLORS)] for i in range(n)]
    return list(matplotlib.colormaps["viridis"](np.linspace(0, 0.88, n)))


def panels_of(choice: Choice, width: float, height: float) -> tuple[Figure, list[Any]]:
    """Make a row of panels: figure, and (axes, title, choice) each."""
    parts = choice.panels()
    columns = columns_of(len(parts))
    rows = -(-len(parts) // columns)
    size = (width * columns + 0.8, height * rows + (0.35 if choice.fixed else 0))
    figure = Figure(figsize=size, layout="constrained")
    grid = figure.subplots(rows, columns, squeeze=False, sharex=True, sharey=True)
    axes = list(grid.ravel())
    for ax in axes[len(parts) :]:
        ax.set_visible(False)
    for ax, (title, _) in zip(axes, parts, strict=False):
        ax.set_title(title, fontsize=11)
        ax.spines[["top", "right"]].set_visible(False)
    if choice.fixed:
        figure.suptitle(f"at {choice.fixed}", fontsize=10, color="0.35")
    return figure, [(ax, part) for ax, (_, part) in zip(axes, parts, strict=False)]


def columns_of(n_panels: int) -> int:
    """Say how many panels lie side by side.

    Example:
        >>> [columns_of(n) for n in (1, 2, 3, 4, 5, 9)]
        [1, 2, 3, 2, 3, 3]
    """
    return 2 if n_panels == 4 else min(3, n_panels)


def keep_outer_labels(panels: list[Any]) -> None:
    """Name axes at the left and at the foot of every column, also of a short one."""
    columns = columns_of(len(panels))
    for i, (ax, _) in enumerate(panels):
        if i % columns:
            ax.set_ylabel("")
        if i + columns < len(panels):
            ax.set_xlabel("")
        else:
            ax.tick_params(axis="x", labelbottom=True)


def _over_decades(values: np.ndarray) -> bool:
    """Tell values that a logarithmic axis shows best: positive, over a decade."""
    values = np.sort(values.astype(float))
    if len(values) < 3 or values[0] <= 0 or values[-1] < 10 * values[0]:
        return False
    return bool(np.median(values) < (values[0] + values[-1]) / 3)
