"""What few kept samples do: lost camps, their spread, diversity inside them."""

from __future__ import annotations

import numpy as np
from matplotlib.figure import Figure

from experiments.common import bare
from retrain_sim.plotting import COLORS, STYLE, THEORY

TINY = 1e-16


def draw(lost, spreads, inside, laws) -> Figure:
    """Draw the three effects, one color per number of kept samples."""
    figure = Figure(figsize=(11.5, 3.9), layout="constrained")
    left, middle, right = figure.subplots(1, 3)
    colors = dict(zip(lost, COLORS, strict=False))
    for n, color in colors.items():
        _lost(left, lost[n], color, f"{n} kept")
        _inside(right, inside[n], laws[n], color)
    _spread(middle, spreads, colors)
    left.set(
        yscale="log",
        ylim=(TINY, 3),
        xlim=(-0.1, 2.1),
        xlabel="reward gap / temperature",
    )
    left.set_title("chance that a camp is lost in 25 rounds", fontsize=10)
    left.legend(frameon=False, fontsize=9, loc="lower left")
    middle.set_title("spread of the camp's share, gap 1", fontsize=10)
    right.set(xlabel="round", ylim=(0, 1))
    right.set_title("diversity inside a camp", fontsize=10)
    bare(left, middle, right)
    return figure


def _lost(ax, chances, color, label):
    gaps, values = np.array(list(chances)), np.array(list(chances.values()))
    seen = values > TINY
    label += "" if seen.any() else ": never"
    ax.plot(gaps[seen], values[seen], "o-", color=color, label=label, ms=4)


def _spread(ax, spreads, colors):
    for n, row in spreads.items():
        ax.plot(n, row.sd, "o", color=colors[n])
    sizes = np.geomspace(min(spreads), max(spreads), 50)
    last = spreads[max(spreads)]
    scale = last.linear * np.sqrt(max(spreads))
    ax.plot(sizes, scale / np.sqrt(sizes), color="black", **THEORY)
    ax.set(xscale="log", yscale="log", xlabel="samples kept per round")
    ax.annotate(
        "dots: exact chain\ndashed: linear noise", (0.4, 0.8), xycoords="axes fraction"
    )


def _inside(ax, values, law, color):
    rounds = np.arange(values.shape[1])
    low, high = np.percentile(values, [5, 95], axis=0)
    ax.plot(rounds, values.mean(axis=0), color=color, **STYLE)
    ax.fill_between(rounds, low, high, color=color, alpha=0.2, lw=0)
    ax.plot(rounds, law, color="black", **THEORY)
