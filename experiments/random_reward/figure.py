"""Entropy by round under every clip, at both learning rates."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from matplotlib.figure import Figure

from experiments.common import bare
from retrain_sim.bootstrap import mean_interval
from retrain_sim.plotting import COLORS, STYLE


def draw(entropy: Mapping[tuple[str, float], np.ndarray]) -> Figure:
    """Draw one panel per learning rate, one color per clip."""
    figure = Figure(figsize=(10.4, 4.4), layout="constrained")
    names = list(dict.fromkeys(name for name, _ in entropy))
    rates = list(dict.fromkeys(rate for _, rate in entropy))
    panels = figure.subplots(1, len(rates), sharey=True)
    for ax, rate in zip(panels, rates, strict=True):
        for color, name in zip(COLORS, names, strict=False):
            values = entropy[name, rate]
            low, high = mean_interval(values, resamples=300)
            rounds = np.arange(values.shape[1])
            ax.plot(rounds, values.mean(axis=0), color=color, label=name, **STYLE)
            ax.fill_between(rounds, low, high, color=color, alpha=0.25, lw=0)
        ax.set(xlabel="round", title=f"learning rate {rate:g}")
    panels[0].set_ylabel("entropy, nats")
    panels[0].legend(frameon=False, fontsize=9, title="clip, lower / upper")
    bare(*panels)
    return figure
