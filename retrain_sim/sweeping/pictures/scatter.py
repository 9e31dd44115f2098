"""Random designs: a dot per point."""

from __future__ import annotations

import numpy as np
from matplotlib.figure import Figure

from retrain_sim.labels import label_of
from retrain_sim.plotting import COLORS, THEORY
from retrain_sim.sweeping.pictures.axes import MAP, label_axis, panels_of
from retrain_sim.sweeping.pictures.choice import Choice
from retrain_sim.sweeping.pictures.maps import LEVELS, finish_map, value_range

LEAST_CONTOURED = 12
"""Points that contours through them need."""


def draw_scatter(choice: Choice) -> Figure:
    """Draw the points of a random design over two settings, or over its only one."""
    return _over_two(choice) if choice.y else _over_one(choice)


def _over_two(choice: Choice) -> Figure:
    """Color the points by the metric; theory as dashed contours."""
    figure, panels = panels_of(choice, 4.6, 3.8)
    low, high = value_range(choice)
    dots = None
    for ax, part in panels:
        x, y = (part.found[name].values.astype(float) for name in (part.x, part.y))
        values = part.last.mean("seed").values
        dots = ax.scatter(x, y, c=values, cmap=MAP, vmin=low, vmax=high, s=26,
                          edgecolors="0.3", linewidths=0.4)  # fmt: skip
        if _contoured(part):
            levels = np.linspace(low, high, LEVELS)[1:-1]
            ax.tricontour(x, y, part.expected.values, levels, colors=COLORS[1],
                          linestyles="--", linewidths=1.0, alpha=0.8)  # fmt: skip
        label_axis(ax, part.found, part.x, "x", cells=False)
        label_axis(ax, part.found, part.y, "y", cells=False)
    finish_map(figure, panels, choice, dots)
    return figure


def _contoured(part: Choice) -> bool:
    expected = part.expected
    if expected is None or expected.size < LEAST_CONTOURED:
        return False
    values = expected.values
    return bool(np.isfinite(values).all() and np.ptp(values) > 0)


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
