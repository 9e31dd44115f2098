"""Regret of every rule against the distance, for a mean and for a classifier."""

from __future__ import annotations

import numpy as np
from matplotlib.figure import Figure

from experiments.common import bare
from experiments.dose_choice.means import RULES
from retrain_sim.plotting import COLORS, STYLE

BAND = 2.0


def draw(panels) -> Figure:
    """Draw ``title -> (distances, regrets, label)`` side by side."""
    figure = Figure(figsize=(9.6, 4.2), layout="constrained")
    axes = figure.subplots(1, len(panels))
    for ax, (title, (distances, regrets, label)) in zip(
        axes, panels.items(), strict=True
    ):
        mean = regrets.mean(axis=2)
        error = regrets.std(axis=2, ddof=1) / np.sqrt(regrets.shape[2])
        place = np.arange(len(distances))
        for i, (rule, color) in enumerate(zip(RULES, COLORS, strict=False)):
            low, high = (mean[:, i] + s * BAND * error[:, i] for s in (-1, 1))
            ax.fill_between(place, low, high, color=color, alpha=0.2, lw=0)
            ax.plot(place, mean[:, i], "o-", color=color, label=rule, ms=4, **STYLE)
        ax.set_xticks(place, [f"{d:g}" for d in distances])
        ax.set(xlabel="distance of the generator", ylabel=label, ylim=(0, None))
        ax.set_title(title, fontsize=10)
    # Regrets of a mean span three decades, and some are zero.
    axes[0].set_yscale("symlog", linthresh=0.1)
    axes[0].set_yticks([0, 0.1, 1, 10], ["0", "0.1", "1", "10"])
    axes[0].legend(frameon=False, fontsize=9)
    bare(*axes)
    return figure
