"""Entropy by round, paths of accuracy and entropy, and the frontier."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from experiments.common import bare
from experiments.many_solutions.frontier import Point
from experiments.policies import SHOWN, Rows
from retrain_sim.bootstrap import mean_interval
from retrain_sim.plotting import COLORS, STYLE

PERFECT = np.log(10)


def draw(rows: Mapping[str, Rows], lines: Mapping[str, list[Point]]) -> Figure:
    """Draw all three panels."""
    figure = Figure(figsize=(13.2, 5.0), layout="constrained")
    panels = figure.subplots(1, 3)
    shown = [name for name in SHOWN if name in rows]
    for color, name in zip(COLORS, shown, strict=False):
        _course(panels[0], rows[name]["policy/entropy"], name, color)
        _path(panels[1], rows[name], color)
    for color, (line, points) in zip(COLORS, lines.items(), strict=False):
        _frontier(panels[2], points, line, color)
    _label(panels)
    handles = panels[0].get_legend_handles_labels()
    figure.legend(*handles, loc="outside lower center", ncols=7, frameon=False)
    bare(*panels)
    return figure


def _course(ax: Axes, values: np.ndarray, name: str, color: str) -> None:
    low, high = mean_interval(values)
    rounds = np.arange(values.shape[1])
    ax.plot(rounds, values.mean(axis=0), color=color, label=name, **STYLE)
    ax.fill_between(rounds, low, high, color=color, alpha=0.25, lw=0)


def _path(ax: Axes, rows: Rows, color: str) -> None:
    entropy = rows["policy/entropy"].mean(axis=0)
    right = rows["policy/pass@1/task-1"].mean(axis=0)
    ax.plot(entropy, right, color=color, **STYLE)
    ax.plot(entropy[-1:], right[-1:], "o", color=color, ms=7)


def _frontier(ax: Axes, points: list[Point], line: str, color: str) -> None:
    x, y = (
        np.array([getattr(p, name) for p in points]) for name in ("entropy", "right")
    )
    bars = {
        "xerr": np.abs(x[:, 1:] - x[:, :1]).T,
        "yerr": np.abs(y[:, 1:] - y[:, :1]).T,
    }
    ax.errorbar(
        x[:, 0], y[:, 0], **bars, color=color, marker="o", ms=4, lw=1.3, label=line
    )


def _label(panels: np.ndarray) -> None:
    panels[0].set(xlabel="round", ylabel="entropy, nats", title="what is spent")
    panels[1].set(xlabel="entropy, nats", ylabel="pass@1", title="paths; dots: the end")
    panels[1].invert_xaxis()
    title = "frontier over coefficients, 95 % intervals"
    panels[2].set(xlabel="entropy at the end, nats", ylabel="pass@1", title=title)
    for ax in panels[1:]:
        ax.axvline(PERFECT, color="0.6", lw=1, ls=":", zorder=0)
    panels[2].annotate(
        "all ten alike",
        (PERFECT, 0.02),
        xycoords=("data", "axes fraction"),
        color="0.4",
        fontsize=9,
        ha="left",
        xytext=(4, 0),
        textcoords="offset points",
    )
    panels[2].legend(frameon=False, fontsize=9)
