"""The phase diagram: how far outcomes stay apart, and the boundaries of consensus."""

from __future__ import annotations

import math

import numpy as np
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from experiments.phase_diagram.landscape import (
    invasion_of_consensus,
    onset_of_neighbors,
)
from retrain_sim.plotting import COLORS
from retrain_sim.theory import coexistence_threshold, quadratic_limit


def draw(distances, weights, slate_sizes, spread) -> Figure:
    """Draw one panel per slate size; q and 1 - q mirror each other."""
    figure = Figure(figsize=(10.5, 6.6), layout="constrained")
    panels = figure.subplots(2, 3, sharex=True, sharey=True)
    mirrored = np.concatenate([weights, 1 - weights[-2::-1]])
    for ax, k, values in zip(panels.flat, slate_sizes, spread, strict=True):
        both = np.concatenate([values, values[:, -2::-1]], axis=1)
        shown = ax.pcolormesh(
            distances,
            mirrored,
            both.T,
            cmap="cividis",
            vmin=0,
            vmax=1,
            shading="gouraud",
        )
        _boundary(ax, distances, k)
        ax.set_title("K = $\\infty$" if k == math.inf else f"K = {k}")
        ax.set(xlim=(distances[0], distances[-1]), ylim=(0.02, 0.98))
    figure.supxlabel(r"distance of the optima, in units of $\sqrt{\tau}$")
    figure.supylabel("weight of voter 1")
    dashed = Line2D([], [], color=COLORS[1], lw=2, ls="--")
    dotted = Line2D([], [], color="white", lw=1.3, ls=":")
    names = ["something invades a consensus", "the minority keeps a camp"]
    panels[0, 0].legend(
        [dashed, dotted],
        names,
        loc="lower left",
        fontsize=9,
        labelcolor="white",
        frameon=False,
    )
    bar = figure.colorbar(shown, ax=panels, aspect=35, pad=0.01)
    bar.set_label(
        "spread of the outcomes that survive\n0: one compromise, 1: two camps"
    )
    return figure


def _boundary(ax, distances, slate_size):
    """Dash the line at which a consensus can be invaded."""
    fine = np.linspace(distances[0], distances[-1], 120)
    q = np.linspace(0.004, 0.5, 125)
    growth = np.array(
        [[invasion_of_consensus(d, w, slate_size) for d in fine] for w in q]
    )
    both = np.concatenate([growth, growth[-2::-1]]) > 0
    mirrored = np.concatenate([q, 1 - q[-2::-1]])
    style = {"colors": COLORS[1], "linewidths": 2, "linestyles": "--"}
    ax.contour(fine, mirrored, both, levels=[0.5], **style)
    line = {"color": "white", "lw": 1.3, "ls": ":"}
    if slate_size > 2:
        low = np.array([_threshold(d, slate_size) for d in fine])
        for edge in (low, 1 - low):
            ax.plot(fine, edge, label="threshold of two types", **line)


def _threshold(distance, slate_size):
    """Return the least weight whose camp survives; NaN short of two camps."""
    if slate_size == math.inf:
        ends = quadratic_limit(distance, 0.5).positions[-1]
        return 0.5 - ends / distance if ends > 0 else math.nan
    if distance < onset_of_neighbors(slate_size):
        return math.nan
    leakage = math.exp(-(distance**2))
    return coexistence_threshold(slate_size, leakage, leakage)[0]
