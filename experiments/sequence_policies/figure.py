"""Entropy, accuracy and solutions of token policies."""

from __future__ import annotations

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from experiments.common import bare
from experiments.compare import draw_path
from experiments.sequence_policies.arms import ARMS, Rows
from experiments.sequence_policies.judge import end
from experiments.sequence_policies.judge_targets import N_TARGETS
from retrain_sim.bootstrap import mean_interval
from retrain_sim.plotting import COLORS, STYLE

HUES = dict(zip(ARMS, COLORS, strict=True))


def draw(rows: Rows, asked: Rows, written: Rows) -> Figure:
    """Draw programs above, targets and tools below; arms have their colors."""
    figure = Figure(figsize=(15, 8.2), layout="constrained")
    above, below = figure.subplots(2, 3)
    _courses(above[0], rows, "policy/entropy")
    above[0].set(ylabel="entropy of rollouts, nats", title="programs: entropy")
    for arm, found in rows.items():
        entropy, right = (_smooth(found[f"policy/{m}"]) for m in ("entropy", "pass@1"))
        above[1].plot(entropy, right, color=HUES[arm], **STYLE)
        above[1].plot(entropy[-1], right[-1], "o", color=HUES[arm])
    above[1].set(xlabel="entropy of rollouts, nats", ylabel="pass@1")
    above[1].set_title("programs: paths; dots: the end")
    _bars(above[2], rows)
    _courses(below[0], written, "policy/entropy")
    below[0].set(ylabel="entropy of rollouts, nats", title="targets: entropy")
    _courses(below[1], written, "policy/coverage", N_TARGETS)
    below[1].set(ylabel="effective targets in use, of 12")
    below[1].set(title="targets in use, exact", ylim=(0, N_TARGETS))
    _courses(below[2], asked, "policy/calls_that_work")
    below[2].set(ylabel="share of calls that work", ylim=(-0.02, 1.02))
    below[2].set_title("tool use: calls that work")
    if not asked:
        below[2].set_axis_off()
        below[2].set_title("")
    handles = above[0].get_legend_handles_labels()
    figure.legend(*handles, frameon=False, loc="outside lower center", ncols=4)
    bare(*above, *below)
    return figure


def _courses(ax: Axes, rows: Rows, metric: str, scale: float = 1.0) -> None:
    for arm, found in rows.items():
        draw_path(ax, scale * found[metric], color=HUES[arm], label=arm)


def _smooth(values: np.ndarray, width: int = 20) -> np.ndarray:
    """Average seeds, and rounds over a moving window: metrics are sampled."""
    return np.convolve(values.mean(axis=0), np.full(width, 1 / width), mode="valid")


def _bars(ax: Axes, rows: Rows) -> None:
    """Draw different programs among 64 rollouts, with bootstrap intervals."""
    for i, arm in enumerate(rows):
        values = end(rows, arm, "distinct")
        low, high = mean_interval(values)
        ax.bar(i, values.mean(), color=HUES[arm])
        ax.plot([i, i], [low, high], color="black", lw=1.2)
    ax.set_xticks([])
    ax.set_ylabel("different right programs among 64")
    ax.set_title("programs in use at the end; lines: 95 % bootstrap")
