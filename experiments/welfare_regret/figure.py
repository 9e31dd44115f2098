"""Regret by round under its bound, and the rate at smooth optima."""

from __future__ import annotations

import numpy as np
from matplotlib.figure import Figure

from experiments.common import bare
from retrain_sim.plotting import COLORS, STYLE, THEORY

SHOWN = 60


def draw(found, smooth) -> Figure:
    """Draw random landscapes in units of the bound, then one and two dimensions."""
    figure = Figure(figsize=(9.6, 4.1), layout="constrained")
    left, right = figure.subplots(1, 2)
    rounds = np.arange(1, len(found[0].missing))
    for one in found[:SHOWN]:
        share = np.maximum(one.missing[1:], 1e-12) / one.divergence
        left.plot(rounds, share, color=COLORS[0], alpha=0.25, lw=1)
    left.plot(rounds, 1 / rounds, color="black", label="bound", **THEORY)
    left.set(ylim=(1e-7, 1.5), ylabel=r"regret / KL($p^*$ || $p_0$)")
    left.set_title("random landscapes", fontsize=10)
    for d, one in smooth.items():
        steps = np.arange(1, len(one.missing))
        name = f"{d} dimension" + "s" * (d > 1)
        right.plot(steps, one.missing[1:], color=COLORS[d], label=name, **STYLE)
        right.plot(steps, d / (2 * steps), color="black", **THEORY)
    right.set(ylabel="regret")
    right.set_title("smooth optimum; dashed: d / (2 t)", fontsize=10)
    for ax in (left, right):
        ax.set(xscale="log", yscale="log", xlabel="round t")
        ax.legend(frameon=False)
    bare(left, right)
    return figure
