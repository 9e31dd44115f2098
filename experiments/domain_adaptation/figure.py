"""Weights against the law, and errors against the weight."""

from __future__ import annotations

import numpy as np
from matplotlib.figure import Figure

from experiments.common import bare
from experiments.primer.driver import curve
from retrain_sim.plotting import COLORS, THEORY


def draw(grid, weights, laws, shares, trained) -> Figure:
    """Draw 81 cells at the left, classifiers at the right."""
    figure = Figure(figsize=(10, 4.2), layout="constrained")
    left, right = figure.subplots(1, 2)
    angles = {0.0: "aligned", 90.0: "unrelated", 180.0: "opposed"}
    for color, (angle, name) in zip(COLORS, angles.items(), strict=False):
        here = [i for i, cell in enumerate(grid) if cell.angle == angle]
        shown = np.clip(weights[here], 0, 1)  # as the law is
        left.plot(laws[here], shown, "o", ms=4, color=color, alpha=0.7, label=name)
    left.plot([0, 1], [0, 1], color="black", **THEORY)
    left.set(xlabel="weight by the law", ylabel="best weight measured")
    left.set_title("means: weight on synthetic data")
    for i, (color, name) in enumerate(zip(COLORS, angles.values(), strict=False)):
        curve(right, shares, trained[:, i], color=color, label=f"{name} biases")
    right.set(xlabel="share of weight on synthetic data", ylabel="test error")
    right.set_title("classifiers, 60 source and 300 synthetic rows")
    left.legend(frameon=False, fontsize=9)
    right.legend(frameon=False, fontsize=9)
    bare(left, right)
    return figure
