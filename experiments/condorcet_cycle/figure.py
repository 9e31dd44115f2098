"""Orbits in the triangle of shares."""

from __future__ import annotations

import math

import numpy as np
from matplotlib.figure import Figure

from retrain_sim.plotting import COLORS

CORNERS = np.array([[0.0, 0.0], [1.0, 0.0], [0.5, math.sqrt(0.75)]])


def draw(paths, bargain) -> Figure:
    """Draw slates of two and three, equal voters above, unequal below."""
    figure = Figure(figsize=(8, 7.2), layout="constrained")
    panels = figure.subplots(2, 2)
    for row, name in zip(panels, ("equal", "unequal"), strict=True):
        for ax, k in zip(row, (2, 3), strict=True):
            _triangle(ax)
            _orbit(ax, paths[name, k], COLORS[1] if k == 2 else COLORS[0])
            ax.set_title(f"K = {k}, {name} voters", fontsize=11, pad=14)
            target = np.full(3, 1 / 3) if name == "equal" else bargain
            at = target @ CORNERS
            ax.plot(*at, "+", color="black", ms=12, mew=2, label="Nash bargain")
    panels[0, 0].legend(frameon=False, loc="upper left", fontsize=9)
    return figure


def _triangle(ax) -> None:
    around = CORNERS[[0, 1, 2, 0]]
    ax.plot(*around.T, color="0.4", lw=1.2)
    for name, corner in zip("ABC", CORNERS, strict=True):
        outward = corner + 0.06 * (corner - CORNERS.mean(axis=0))
        ax.annotate(name, outward, ha="center", va="center", fontsize=12)
    ax.set_aspect("equal")
    ax.set_axis_off()


def _orbit(ax, path, color) -> None:
    points = path @ CORNERS
    ax.plot(*points.T, color=color, lw=0.7, alpha=0.8)
    ax.plot(*points[0], "o", color=color, ms=7, label="start")
    ax.plot(*(path[-1] @ CORNERS), "s", color=color, ms=7, label="last round")
