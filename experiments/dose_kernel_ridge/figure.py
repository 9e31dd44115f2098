"""Risk against the regularization, for three generators; and the bound."""

from __future__ import annotations

import numpy as np
from matplotlib.figure import Figure

from experiments.common import bare
from experiments.dose_kernel_ridge.setup import GAPS, PUBLISHED, STRENGTHS, TABLED
from retrain_sim.dose.laws import (
    PowerLaw,
    best_strength,
    bound_minimizer,
    generator_distance,
    power_law_risk,
    published_bound,
)
from retrain_sim.plotting import COLORS, STYLE, THEORY

NARROW = np.geomspace(1e-4, 3, 80)


def draw(curves: dict[str, np.ndarray]) -> Figure:
    """Draw the exact curves ``[designs, lambda]`` with their band, and the bound."""
    figure = Figure(figsize=(10.4, 4.2), layout="constrained")
    left, right = figure.subplots(1, 2)
    for color, name in zip(COLORS, GAPS, strict=False):
        rows = curves[name]
        low, middle, high = np.percentile(rows, [5, 50, 95], axis=0)
        left.fill_between(STRENGTHS, low, high, color=color, alpha=0.2, lw=0)
        left.plot(STRENGTHS, middle, color=color, label=name, **THEORY)
        left.plot(TABLED, PUBLISHED[name], "o", color=color, ms=5)
    left.plot([], [], "o", color="0.4", label="published, simulated")
    left.set(
        xscale="log", yscale="log", xlabel="lambda, synthetic : real", ylim=(2e-7, 1)
    )
    left.set_ylabel("risk")
    left.set_title("exact (dashed), over draws of the inputs (5 to 95 %)", fontsize=10)
    left.legend(frameon=False, fontsize=9, loc="lower left")
    _bound(right)
    bare(left, right)
    return figure


def _bound(ax):
    task = PowerLaw(noise=0.5, decay=2.0, smoothness=0.8)
    distance, n = generator_distance(task), 1000
    risk = power_law_risk(task, n, NARROW)
    ax.plot(NARROW, risk, color=COLORS[0], label="exact risk", **STYLE)
    above = published_bound(distance, task.noise, n, task.decay, NARROW)
    ax.plot(NARROW, above, color=COLORS[1], label="published bound", **THEORY)
    marks = [best_strength(task, n),
             bound_minimizer(distance, task.noise, n, task.decay)]  # fmt: skip
    for mark, color in zip(marks, COLORS, strict=False):
        value = power_law_risk(task, n, [mark])[0]
        ax.plot([mark], [value], "v", color=color, ms=8)
        ax.annotate(f"{value:.2g}", (mark, value), (-4, 7), textcoords="offset points",
                    ha="right", color=color)  # fmt: skip
    ax.set(xscale="log", yscale="log", xlabel="lambda", ylim=(1e-4, 1e3))
    ax.set_title("power laws r = 2, s = 0.8, N = 1000: what each advises", fontsize=10)
    ax.legend(frameon=False, fontsize=9)
