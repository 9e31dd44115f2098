"""Entropy, accuracy and solutions of token policies."""

from __future__ import annotations

import numpy as np
from matplotlib.figure import Figure

from experiments.common import bare
from experiments.compare import draw_path
from experiments.sequence_policies.arms import ARMS, Rows
from experiments.sequence_policies.judge import end
from retrain_sim.bootstrap import mean_interval
from retrain_sim.plotting import COLORS, STYLE

HUES = dict(zip(ARMS, COLORS, strict=True))


def draw(rows: Rows, asked: Rows) -> Figure:
    """Draw entropy by round, accuracy against entropy, solutions, and the tools."""
    figure = Figure(figsize=(12, 7.6), layout="constrained")
    (first, second), (third, fourth) = figure.subplots(2, 2)
    for arm, found in rows.items():
        color = HUES[arm]
        draw_path(first, found["policy/entropy"], color=color, label=arm)
        entropy, right = (_smooth(found[f"policy/{m}"]) for m in ("entropy", "pass@1"))
        second.plot(entropy, right, color=color, **STYLE)
        second.plot(entropy[-1], right[-1], "o", color=color)
    first.set(ylabel="entropy of rollouts, nats", title="programs")
    second.set(xlabel="entropy of rollouts, nats", ylabel="pass@1")
    second.set_title("paths; dots: the end")
    _bars(third, rows)
    for arm, found in asked.items():
        values = found["policy/calls_that_work"]
        draw_path(fourth, values, color=HUES[arm], label=arm)
    fourth.set(title="tool use: calls that work", ylim=(-0.02, 1.02))
    if not asked:
        fourth.set_axis_off()
    handles = first.get_legend_handles_labels()
    figure.legend(*handles, frameon=False, loc="outside lower center", ncols=4)
    bare(first, second, third, fourth)
    return figure


def _smooth(values: np.ndarray, width: int = 20) -> np.ndarray:
    """Average seeds, and rounds over a moving window: metrics are sampled."""
    return np.convolve(values.mean(axis=0), np.full(width, 1 / width), mode="valid")


def _bars(ax, rows: Rows) -> None:
    """Draw different programs among 64 rollouts, with bootstrap intervals."""
    for i, arm in enumerate(rows):
        values = end(rows, arm, "distinct")
        low, high = mean_interval(values)
        ax.bar(i, values.mean(), color=HUES[arm])
        ax.plot([i, i], [low, high], color="black", lw=1.2)
    ax.set_xticks([])
    ax.set_ylabel("different right programs among 64")
    ax.set_title("solutions in use at the end; lines: 95 % bootstrap", fontsize=10)
