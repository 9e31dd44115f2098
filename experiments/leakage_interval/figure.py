"""Shares in their intervals, and the compromise that escapes the assumptions."""

from __future__ import annotations

import math

import numpy as np
from matplotlib.figure import Figure

from experiments.common import bare
from retrain_sim.plotting import COLORS, THEORY


def draw(grid, bumpy) -> Figure:
    """Draw the quadratic grid, the random landscapes and the counterexample."""
    figure = Figure(figsize=(11.5, 3.9), layout="constrained")
    left, middle, right = figure.subplots(1, 3)
    for color, (distance, row) in zip(COLORS, grid.items(), strict=False):
        if distance <= 2 or len(grid) < 3:
            _interval(left, distance, row, color)
    left.set(xlabel="q", ylabel="a in the limit", ylim=(-0.02, 1.02))
    left.set_title("bars: interval, dots: exact limit", fontsize=10)
    left.legend(frameon=False, fontsize=9)
    _landscapes(middle, bumpy)
    _compromise(right)
    bare(left, middle, right)
    return figure


def _interval(ax, distance, row, color):
    shown = [one for one in row if one.assumed]
    q = np.array([one.q for one in shown])
    low, high = np.array([one.interval for one in shown]).T
    a = np.array([one.a for one in shown])
    ax.vlines(q, low, high, color=color, lw=5, alpha=0.3)
    ax.plot(q, a, "o", color=color, ms=4, label=f"D = {distance:g}")


def _landscapes(ax, bumpy):
    """Place each limit within its interval: -1 and 1 are the ends."""
    kinds = {
        "nothing stays outside": [one for one in bumpy if one.guaranteed()],
        "mass stays outside": [
            one for one in bumpy if one.assumed and not one.guaranteed()
        ],
    }
    for color, (name, found) in zip(COLORS, kinds.items(), strict=False):
        ends = np.array([one.interval for one in found]).reshape(-1, 2)
        a, q = (np.array([getattr(one, key) for one in found]) for key in ("a", "q"))
        place = (2 * a - ends.sum(axis=1)) / (ends[:, 1] - ends[:, 0])
        ax.plot(q, place, "o", color=color, ms=3, alpha=0.7, label=name)
    for end in (-1, 1):
        ax.axhline(end, color="black", **THEORY)
    ax.set(xlabel="q", ylabel="a, -1 and 1: ends of its interval")
    ax.set_title("random landscapes, assumptions of the main text", fontsize=10)
    ax.legend(frameon=False, fontsize=9)


def _compromise(ax):
    gaps = np.linspace(0.01, 5, 200)
    infinite = math.log(2) - np.log1p(np.exp(-gaps))
    ax.fill_between(gaps, 0, infinite, color=COLORS[1], alpha=0.5, lw=0)
    ax.fill_between(gaps, infinite, gaps / 2, color=COLORS[5], alpha=0.4, lw=0)
    ax.plot(gaps, infinite, color=COLORS[1], **THEORY)
    ax.plot(gaps, gaps / 2, color=COLORS[0], **THEORY)
    ax.annotate("invades at K = inf", (2.6, 0.28))
    ax.annotate("invades at K = 2 only", (2.7, 0.85))
    ax.annotate("two camps stand", (0.4, 1.7))
    ax.set(xlabel="gap between the camps", ylabel="what the compromise is short of")
    ax.set(xlim=(0, 5), ylim=(0, 2.5))
    ax.set_title("a compromise, worse than the basins to all", fontsize=10)
