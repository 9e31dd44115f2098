"""Errors by class and the worst class, under every rule."""

from __future__ import annotations

import numpy as np
from matplotlib.figure import Figure

from experiments.common import bare
from experiments.dose_groups.judge import worst
from experiments.dose_groups.rules import OFF, RULES
from retrain_sim.plotting import COLORS, STYLE

SHOWN = ("none", "all 16", "law, by class", "K-fold, by class")


def draw(errors) -> Figure:
    """Draw errors ``[seeds, rules, classes]``, by class and of the worst class."""
    figure = Figure(figsize=(10.2, 4.2), layout="constrained")
    left, right = figure.subplots(1, 2)
    place = np.arange(OFF.size)
    for i, rule in enumerate(RULES):
        if rule in SHOWN:
            mean, se = _moments(errors[:, i])
            color = COLORS[i]
            left.fill_between(place, mean - 2 * se, mean + 2 * se, color=color,
                              alpha=0.2, lw=0)  # fmt: skip
            left.plot(place, mean, "o-", color=color, label=rule, ms=4, **STYLE)
    left.set_xticks(place, [f"{d:g}" for d in OFF])
    left.set(
        xlabel="distance of the class's generator", ylabel="share wrong", ylim=(0, 1)
    )
    left.legend(frameon=False, fontsize=9, loc="upper left")
    mean, se = _moments(worst(errors))
    for i, rule in enumerate(RULES):
        right.barh([rule], [mean[i]], xerr=[2 * se[i]], color=COLORS[i], height=0.65)
    right.invert_yaxis()
    right.set(xlabel="share wrong in the worst class", xlim=(0, 1))
    bare(left, right)
    return figure


def _moments(values: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    return values.mean(axis=0), values.std(axis=0, ddof=1) / np.sqrt(len(values))
