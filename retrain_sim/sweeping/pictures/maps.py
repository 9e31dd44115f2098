"""Maps: a metric over two settings, as cells or as a phase diagram."""

from __future__ import annotations

from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.ticker import MaxNLocator

from retrain_sim.labels import label_of
from retrain_sim.plotting import COLORS
from retrain_sim.sweeping.pictures.axes import (
    MAP,
    keep_outer_labels,
    label_axis,
    panels_of,
    positions,
)
from retrain_sim.sweeping.pictures.choice import Choice
from retrain_sim.tables import number
from retrain_sim.verdicts import FAIL

MOST_WRITTEN = 80
"""Cells with the number in them."""

LEVELS = 8

DOTS: dict[str, Any] = {"ls": "", "marker": "o", "ms": 3, "color": "white"}
DOTS |= {"markeredgecolor": "0.2", "markeredgewidth": 0.6, "zorder": 4}
"""Where there are runs: visible on every color, and on the edges."""


def draw_heat(choice: Choice) -> Figure:
    """Draw the mean over seeds as a cell per point; a cross where theory fails."""
    figure, panels = panels_of(choice, 4.4, 3.8)
    low, high = value_range(choice)
    mesh = None
    for ax, part in panels:
        values = _means(part)
        edges = [np.arange(n + 1) - 0.5 for n in values.shape[::-1]]
        mesh = ax.pcolormesh(*edges, values, cmap=MAP, vmin=low, vmax=high,
                             edgecolors="white", linewidth=0.4)  # fmt: skip
        if values.size <= MOST_WRITTEN:
            _write(ax, values, low, high)
        _mark_failures(ax, part)
        for dim, which in ((part.x, "x"), (part.y, "y")):
            label_axis(ax, part.found, dim, which, cells=True)
    finish_map(figure, panels, choice, mesh)
    return figure


def draw_phase(choice: Choice) -> Figure:
    """Draw filled contours of the simulation, and the theory's own on top, dashed."""
    figure, panels = panels_of(choice, 4.4, 3.8)
    low, high = value_range(choice)
    levels = np.asarray(MaxNLocator(LEVELS).tick_values(low, high))
    filled = None
    for ax, part in panels:
        x, y = positions(part.found, part.x), positions(part.found, part.y)
        filled = ax.contourf(x, y, _means(part), levels, cmap=MAP, extend="neither")
        _theory_contours(ax, part, x, y, levels)
        _dots(ax, x, y)
        for dim, which in ((part.x, "x"), (part.y, "y")):
            label_axis(ax, part.found, dim, which, cells=False)
    if choice.expected is not None:
        line = Line2D([], [], color=COLORS[1], ls="--", label="theory, same levels")
        dots = Line2D([], [], label="simulated", **DOTS)
        figure.legend(handles=[line, dots], loc="outside lower center", ncols=2,
                      frameon=False, fontsize=9)  # fmt: skip
    finish_map(figure, panels, choice, filled)
    return figure


def _means(part: Choice) -> np.ndarray:
    return part.last.mean("seed").transpose(part.y, part.x).values


def value_range(choice: Choice) -> tuple[float, float]:
    """Return the least and greatest mean over seeds; a constant gets some room."""
    values = choice.last.mean("seed").values
    if not np.isfinite(values).any():
        return 0.0, 1.0
    low, high = float(np.nanmin(values)), float(np.nanmax(values))
    if high - low < 1e-6 * max(abs(low), abs(high), 1.0):
        return low - 0.5, high + 0.5
    return low, high


def _write(ax: Axes, values: np.ndarray, low: float, high: float) -> None:
    for row, column in np.ndindex(values.shape):
        value = values[row, column]
        color = "white" if value < low + 0.55 * (high - low) else "black"
        text = number(float(value), 2)
        style: dict[str, Any] = {"ha": "center", "va": "center", "fontsize": 7.5}
        ax.text(column, row, text, color=color, **style)


def _mark_failures(ax: Axes, part: Choice) -> None:
    """Put a cross where the verdict is FAIL, if the picture is about it."""
    if "verdict" not in part.found or part.metric != part.found.attrs.get("headline"):
        return
    failed = part.found["verdict"].transpose(part.y, part.x).values == FAIL
    rows, columns = np.nonzero(failed)
    ax.plot(columns + 0.36, rows + 0.34, ls="", marker="x", color=COLORS[1], ms=5)


def _theory_contours(
    ax: Axes, part: Choice, x: np.ndarray, y: np.ndarray, levels: np.ndarray
) -> None:
    if part.expected is None:
        return
    expected = part.expected.transpose(part.y, part.x).values
    if np.isfinite(expected).any() and np.nanmin(expected) < np.nanmax(expected):
        ax.contour(x, y, expected, levels, colors=COLORS[1], linestyles="--",
                   linewidths=1.3)  # fmt: skip


def _dots(ax: Axes, x: np.ndarray, y: np.ndarray) -> None:
    across, up = np.meshgrid(x, y)
    ax.plot(across.ravel(), up.ravel(), clip_on=False, **DOTS)


def finish_map(figure: Figure, panels: list, choice: Choice, shown: Any) -> None:
    """Add the color bar; keep only the outer labels of the axes."""
    keep_outer_labels(panels)
    when = f", {choice.clock} {choice.round}" if choice.clock else ""
    figure.colorbar(shown, ax=[ax for ax, _ in panels], shrink=0.9,
                    label=label_of(choice.metric) + when)  # fmt: skip
