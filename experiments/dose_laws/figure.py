"""Risk against the number of synthetic points, and against the regularization."""

from __future__ import annotations

import numpy as np
from matplotlib.figure import Figure

from experiments.common import bare
from experiments.dose_laws.simulate import N_REAL
from retrain_sim.dose.laws import mean_task
from retrain_sim.plotting import COLORS, THEORY


def draw(sizes, pooled, strengths, process, law: float) -> Figure:
    """Draw law 2 at the left, the law of a Gaussian process at the right."""
    figure = Figure(figsize=(10, 4), layout="constrained")
    left, right = figure.subplots(1, 2)
    dense = np.linspace(0, sizes[-1], 400)
    for color, (gap, errors) in zip(COLORS, pooled.items(), strict=False):
        left.plot(dense, mean_task(N_REAL, gap).risk(dense / N_REAL), color=color,
                  **THEORY)  # fmt: skip
        _points(left, sizes, errors, color, f"D = {gap:g}")
    left.set(xscale="symlog", yscale="log", xlabel="synthetic points beside 20 real")
    left.set_xticks(sizes, [f"{size:g}" for size in sizes])
    left.set(ylabel="risk", title="a mean; the law dashed")
    _points(right, strengths, process, COLORS[0], "simulated")
    right.axvline(law, color="black", label="lambda* of the law", **THEORY)
    right.set(xscale="log", xlabel="lambda, synthetic : real", ylabel="risk")
    right.set_title("kernel ridge, generator off by a Gaussian process")
    for ax in (left, right):
        ax.legend(frameon=False, fontsize=9)
    bare(left, right)
    return figure


def _points(ax, x, errors, color, label) -> None:
    margin = 1.96 * errors.std(axis=0, ddof=1) / np.sqrt(len(errors))
    ax.errorbar(x, errors.mean(axis=0), margin, fmt="o", ms=4, color=color, label=label)
