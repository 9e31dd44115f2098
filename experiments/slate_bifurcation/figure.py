"""Fixed points against the weight, one color per slate size."""

from __future__ import annotations

import math

import numpy as np
from matplotlib.figure import Figure

from experiments.common import bare
from retrain_sim.plotting import COLORS, STYLE, THEORY
from retrain_sim.theory import coexistence_threshold, plateau_limit


def draw(a, branches) -> Figure:
    """Draw hard separation at the left, leaking types at the right."""
    figure = Figure(figsize=(9.6, 4.4), layout="constrained")
    panels = figure.subplots(1, 2, sharey=True)
    leakages = sorted({leakage for _, leakage in branches})
    for ax, leakage in zip(panels, leakages, strict=True):
        shown = {k: q for (k, u), q in branches.items() if u == leakage}
        for color, (k, q) in zip(COLORS, shown.items(), strict=False):
            _branch(ax, a, q, k, leakage, color)
        _bargain(ax, leakage)
        ax.set(xlim=(0, 1), ylim=(-0.03, 1.03), xlabel="q, weight of voter 1")
        name = "hard separation" if leakage == 0 else f"leakage {leakage:.3f}"
        ax.set_title(f"{name}; triangles: invasion thresholds", fontsize=10)
    panels[0].set_ylabel("a, share of type 1 in the limit")
    panels[0].legend(frameon=False, fontsize=9, loc="upper left")
    bare(*panels)
    return figure


def _branch(ax, a, q, slate_size, leakage, color):
    """Draw 0, the branch and 1: what attracts at each weight."""
    low, high = coexistence_threshold(slate_size, leakage, leakage)
    inside = (q > low) & (q < high) if slate_size > 2 else np.ones(q.size, bool)
    x = np.concatenate([[0.0, low], q[inside], [high, 1.0]])
    y = np.concatenate([[0.0, 0.0], a[inside], [1.0, 1.0]])
    name = r"$\infty$" if slate_size == math.inf else f"{slate_size:g}"
    ax.plot(x, y, color=color, label=f"K = {name}", **STYLE)
    ax.plot([low], [0.0], "^", [high], [1.0], "v", color=color, clip_on=False)


def _bargain(ax, leakage):
    q = np.linspace(0, 1, 201)
    share = [plateau_limit([w, 1 - w], leakage)[0] for w in q]
    style = THEORY | {"linewidth": 3, "alpha": 0.4}
    ax.plot(q, share, color="black", label="Nash bargain", **style)
