"""Survivors by slate size, and the five of three voters."""

from __future__ import annotations

import math

import numpy as np
from matplotlib.figure import Figure

from experiments.common import bare
from experiments.many_atoms.landscape import DISTANCE
from retrain_sim.plotting import COLORS


def draw(shares, five) -> Figure:
    """Draw shares as disks on the line by slate size; beside it, bars."""
    figure = Figure(figsize=(9.6, 4.0), layout="constrained")
    left, right = figure.subplots(1, 2, width_ratios=(1.4, 1))
    for row, probs in enumerate(shares.values()):
        x = np.linspace(-DISTANCE / 2, DISTANCE / 2, len(probs))
        seen = probs > 1e-3
        left.scatter(x[~seen], np.full((~seen).sum(), row), s=8, color="0.75")
        left.scatter(
            x[seen], np.full(seen.sum(), row), s=1500 * probs[seen], color=COLORS[0]
        )
    names = [r"$\infty$" if k == math.inf else f"{k:g}" for k in shares]
    left.set_yticks(range(len(names)), names)
    left.set(ylabel="K", ylim=(-0.7, len(names) - 0.3), xlim=(-1.9, 1.9))
    left.set(xlabel="outcome, between the optima at -1.5 and 1.5")
    left.set_title("two voters; area: share in the limit", fontsize=10)
    colors = [COLORS[0]] * (len(five) - 1) + [COLORS[1]]
    right.bar(range(len(five)), five, color=colors)
    names = [f"{x:g}" for x in np.linspace(-DISTANCE / 2, DISTANCE / 2, len(five) - 1)]
    right.set_xticks(range(len(five)), [*names, "apart"])
    right.set(ylabel="share in the limit", xlabel="outcome")
    right.set_title("three voters, K = 3: five outcomes coexist", fontsize=10)
    bare(left, right)
    return figure
