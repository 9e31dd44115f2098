"""Error against the ratio of synthetic to real data, one color per generator."""

from __future__ import annotations

import numpy as np
from matplotlib.figure import Figure

from experiments.common import bare
from retrain_sim.plotting import COLORS, STYLE
from retrain_sim.verdicts import standard_error

NONE = 0.125
"""Where a ratio of none is drawn on the logarithmic axis."""


def draw(panels) -> Figure:
    """Draw ``title -> (ratios, generator -> errors [s, k])`` side by side."""
    figure = Figure(figsize=(4.8 * len(panels), 4.4), layout="constrained")
    axes = figure.subplots(1, len(panels))
    for ax, (title, (ratios, curves)) in zip(axes, panels.items(), strict=True):
        at = np.maximum(ratios, NONE)
        for color, (name, errors) in zip(COLORS, curves.items(), strict=False):
            mean = errors.mean(axis=0)
            margin = 1.96 * np.array([standard_error(c) for c in errors.T])
            ax.plot(at, mean, color=color, label=name, **STYLE)
            ax.fill_between(at, mean - margin, mean + margin, color=color, alpha=0.25)
            low = mean.argmin()
            ax.plot(at[low], mean[low], "o", color=color, ms=7)
        ax.set_xscale("log", base=2)
        names = ["none", *(f"{r:g}" for r in ratios[1:])]
        ax.set_xticks(at, names)
        ax.set(xlabel="synthetic rows per real row", title=title)
        ax.legend(frameon=False, fontsize=8)
    axes[0].set_ylabel("test error")
    bare(*axes)
    return figure
