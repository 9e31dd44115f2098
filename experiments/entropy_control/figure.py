"""Step responses, the knob of one seed, and the authority of every knob."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from experiments.common import bare
from experiments.entropy_control.arms import AFTER, BEFORE
from experiments.policies import Rows
from retrain_sim.bootstrap import mean_interval
from retrain_sim.plotting import COLORS, STYLE, THEORY


def draw(
    rows: Mapping[str, Rows], reach: Mapping[str, list[np.ndarray]], step: int
) -> Figure:
    """Draw all three panels."""
    figure = Figure(figsize=(13.2, 4.8), layout="constrained")
    left, middle, right = figure.subplots(1, 3, width_ratios=[1.5, 1.2, 0.8])
    for color, (name, found) in zip(COLORS, rows.items(), strict=False):
        share = found["policy/entropy"] / found["policy/entropy"][:, :1]
        low, high = mean_interval(share, resamples=300)
        rounds = np.arange(share.shape[1])
        left.plot(rounds, share.mean(axis=0), color=color, label=name, **STYLE)
        left.fill_between(rounds, low, high, color=color, alpha=0.25, lw=0)
        if name in ("beta, halving", "beta, integral"):
            middle.plot(found["policy/knob"][0], color=color, lw=0.9, label=name)
    ends = rounds[-1]
    left.step(
        [0, step, ends], [BEFORE, AFTER, AFTER], where="post", color="0.4", **THEORY
    )
    left.set(xlabel="round", ylabel="entropy, share of the start; dashed: target")
    middle.set(xlabel="round", ylabel="beta of the first seed")
    left.set_ylim(-0.03, 1.5)
    left.legend(frameon=False, fontsize=9, ncols=2, loc="upper center")
    middle.set_xlim(step - 200, step + 300)
    above = {"loc": "lower center", "bbox_to_anchor": (0.5, 1.0), "ncols": 2}
    middle.legend(frameon=False, fontsize=9, **above)
    _authority(right, reach)
    bare(left, middle, right)
    return figure


def _authority(ax: Axes, reach: Mapping[str, list[np.ndarray]]) -> None:
    """Draw the entropies between which each knob can choose."""
    for i, (low, high) in enumerate(reach.values()):
        ends = [low.mean(), high.mean()]
        ax.plot([i, i], ends, color=COLORS[0], lw=6, solid_capstyle="butt", alpha=0.5)
        ax.plot([i, i], ends, "_", color=COLORS[0], ms=16, mew=2)
    ax.set_xticks(range(len(reach)), list(reach))
    ax.set_xlim(-0.5, len(reach) - 0.5)
    ax.set_ylabel("entropy at both ends of the knob, nats")
