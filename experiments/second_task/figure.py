"""The second task by round, and the trainability of each of six tasks."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from matplotlib.figure import Figure

from experiments.common import bare
from experiments.policies import ROUNDS, Rows
from retrain_sim.bootstrap import mean_interval
from retrain_sim.plotting import COLORS, STYLE

SHOWN = (
    "RLOO, on-policy",
    "GRPO",
    "REPO-R, cap 1",
    "REPO-const 0.1",
    "REPO-const 0.2",
    "ADAPO",
)


def draw(pairs: Mapping[str, Rows], taught: Mapping[str, np.ndarray]) -> Figure:
    """Draw pass@1 of both tasks, entropy below, and six tasks at the right."""
    figure = Figure(figsize=(11.5, 6.0), layout="constrained")
    grid = figure.add_gridspec(2, 2, width_ratios=[1.5, 1])
    upper, lower = figure.add_subplot(grid[0, 0]), figure.add_subplot(grid[1, 0])
    right = figure.add_subplot(grid[:, 1])
    colors = dict(zip(SHOWN, COLORS, strict=False))
    for name in [n for n in SHOWN if n in pairs]:
        _band(upper, pairs[name]["policy/pass@1"], colors[name], name)
        _band(lower, pairs[name]["policy/entropy"], colors[name], name)
    for name, area in taught.items():
        _tasks(right, area, colors[name], name)
    upper.set(ylabel="pass@1 of the task", ylim=(-0.03, 1.03))
    lower.set(xlabel="round; the second task begins at 500", ylabel="entropy, nats")
    right.set(xlabel="task", title="trainability: mean pass@1 of a task in training")
    for ax in (upper, lower):
        ax.axvline(ROUNDS, color="0.7", lw=1, zorder=0)
    handles = upper.get_legend_handles_labels()
    figure.legend(*handles, loc="outside lower center", ncols=6, frameon=False)
    bare(upper, lower, right)
    return figure


def _band(ax, values: np.ndarray, color: str, name: str) -> None:
    low, high = mean_interval(values, resamples=500)
    rounds = np.arange(values.shape[1])
    ax.plot(rounds, values.mean(axis=0), color=color, label=name, **STYLE)
    ax.fill_between(rounds, low, high, color=color, alpha=0.25, lw=0)


def _tasks(ax, area: np.ndarray, color: str, name: str) -> None:
    low, high = mean_interval(area)
    at, mean = np.arange(1, area.shape[1] + 1), area.mean(axis=0)
    ax.errorbar(
        at,
        mean,
        np.stack([mean - low, high - mean]),
        color=color,
        marker="o",
        label=name,
    )
