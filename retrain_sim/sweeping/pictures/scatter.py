"""Random designs: a dot per point."""

from __future__ import annotations

from typing import Any

import numpy as np
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from retrain_sim.labels import label_of
from retrain_sim.plotting import COLORS, THEORY
from retrain_sim.sweeping.pictures.axes import MAP, label_axis, panels_of
from retrain_sim.sweeping.pictures.choice import Choice
from retrain_sim.sweeping.pictures.maps import finish_map, value_range


def draw_scatter(choice: Choice) -> Figure:
    """Draw the points of a random design over two settings, or over its only one."""
    return _over_two(choice) if choice.y else _over_one(choice)


def _over_two(choice: Choice) -> Figure:
    """Color the points by the metric, and a ring around them by what theory expects."""
    figure, panels = panels_of(choice, 4.6, 3.8)
    low, high = value_range(choice)
    scale: dict[str, Any] = {"cmap": MAP, "vmin": low, "vmax": high}
    dots = None
    for ax, part in panels:
        x, y = (part.found[name].values.astype(float) for name in (part.x, part.y))
        if part.expected is not None:
            ring: dict[str, Any] = {"s": 95, "edgecolors": "0.2", "linewidths": 0.5}
            ax.scatter(x, y, c=part.expected.values, **ring, **scale)
        inner: dict[str, Any] = {"s": 32, "edgecolors": "white", "linewidths": 0.5}
        dots = ax.scatter(x, y, c=part.last.mean("seed").values, **inner, **scale)
        label_axis(ax, part.found, part.x, "x", cells=False)
        label_axis(ax, part.found, part.y, "y", cells=False)
    if choice.expected is not None:
        gray: dict[str, Any] = {"ls": "", "marker": "o", "color": "0.5"}
        dot = Line2D([], [], ms=5, label="dot: simulated", **gray)
        around = Line2D([], [], ms=9, label="ring: theory", mec="0.2", **gray)
        figure.legend(handles=[dot, around], loc="outside lower center", ncols=2,
                      frameon=False, fontsize=9)  # fmt: skip
    finish_map(figure, panels, choice, dots)
    return figure


def _over_one(choice: Choice) -> Figure:
    """Draw the metric against the setting, with the spread of the seeds."""
    figure, panels = panels_of(choice, 4.6, 3.6)
    for ax, part in panels:
        order = np.argsort(part.found[part.x].values)
        at = part.found[part.x].values[order]
        values = part.last.transpose("seed", ...).values[:, order]
        low, high = np.nanpercentile(values, [5, 95], axis=0)
        ax.vlines(at, low, high, color=COLORS[0], alpha=0.3)
        label = "mean, 5-95 % of seeds"
        ax.plot(at, values.mean(axis=0), "o", ms=4, color=COLORS[0], label=label)
        if part.expected is not None:
            told = part.expected.values[order]
            ax.plot(at, told, color="0.3", label="theory", **THEORY)
        label_axis(ax, part.found, part.x, "x", cells=False)
    panels[0][0].set_ylabel(label_of(choice.metric))
    panels[-1][0].legend(frameon=False, fontsize=9)
    return figure
