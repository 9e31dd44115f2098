"""Shares by round beside the exact limit, and the error of a = q."""

from __future__ import annotations

import numpy as np
from matplotlib.figure import Figure

from experiments.common import bare
from experiments.two_basins.judge import PUBLISHED
from experiments.two_basins.landscape import Run
from retrain_sim.plotting import COLORS, STYLE, THEORY

SHOWN = (0.1, 0.3, 0.5, 0.7, 0.9)


def draw(runs: list[Run]) -> Figure:
    """Draw a_t at the two least distances, then the error of a = q by round."""
    figure = Figure(figsize=(11, 3.9), layout="constrained")
    left, middle, right = figure.subplots(1, 3, width_ratios=(1, 1, 1.35))
    _shares(left, runs[0], "one compromise: a means nothing")
    _shares(middle, runs[1], "two camps, near q")
    left.set_ylabel("a, mass nearer to optimum 1")
    _errors(right, runs)
    bare(left, middle, right)
    return figure


def _shares(ax, run: Run, remark: str) -> None:
    rounds = np.arange(run.share.shape[1])
    for color, q in zip(COLORS, SHOWN, strict=False):
        i = int(np.argmin(np.abs(run.weights - q)))
        ax.plot(rounds + 1, run.share[i], color=color, **STYLE)
        if np.isfinite(run.exact[i]):
            ax.axhline(run.exact[i], color=color, **THEORY)
            at = (0.35 * rounds[-1], run.exact[i] + 0.012)
            ax.annotate(f"q = {q:g}", at, color=color, fontsize=9)
    ax.set(xscale="log", xlabel="round + 1", ylim=(-0.02, 1.02))
    ax.set_title(f"D = {run.distance:g}: {remark}", fontsize=10)
    if np.isfinite(run.exact).any():
        ax.set_xlabel("round + 1; dashed: exact limit")


def _errors(ax, runs: list[Run]) -> None:
    shown = [run for run in runs if run.distance in PUBLISHED]
    for color, run in zip(COLORS, shown, strict=False):
        error = run.error(run.weights)
        rounds = np.arange(error.size) + 1
        ax.plot(rounds, error, color=color, **STYLE)
        limit = np.mean((run.exact - run.weights) ** 2)
        if np.isfinite(limit):
            ax.axhline(limit, color=color, **THEORY)
        ax.plot(rounds[-1] * 1.5, PUBLISHED[int(run.distance)], "<", color=color, ms=8)
        ax.annotate(
            f"D = {run.distance:g}",
            (rounds[-1], error[-1]),
            color=color,
            xytext=(-2, 4),
            textcoords="offset points",
            ha="right",
        )
    ax.set(xscale="log", yscale="log", xlabel="round + 1", ylim=(1e-24, 1))
    ax.set_title("mean over q of $(a - q)^2$; triangles: published", fontsize=10)
