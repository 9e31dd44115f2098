"""The picture: H(L) by round, the lengths at the end, and what made their entropy."""

from __future__ import annotations

import math

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from experiments.common import bare
from experiments.text_lengths.causes import CAUSES, ENTROPY, growth
from retrain_sim.plotting import COLORS, draw_metric
from retrain_sim.result import Result

GRAYS = ("0.2", "0.75", "#CC79A7")


def draw(result: Result) -> Figure:
    """Draw the entropy of lengths by round, what they end in, and its causes."""
    figure = Figure(figsize=(13.5, 4.8), layout="constrained")
    left, middle, right = figure.subplots(1, 3)
    draw_metric(left, result, ENTROPY, legend=False)
    left.set_ylabel("H(L), nats")
    left.set_title("entropy of the number of words\n(dashed: theory, gray: real text)")
    draw_lengths(middle, result)
    draw_growth(right, result)
    bare(left, middle, right)
    return figure


def draw_lengths(ax: Axes, result: Result) -> None:
    """Draw, arm above arm, the share of every length after the last round."""
    names = [name for name in result.metric_names() if name.startswith("share/")]
    places = [int(n.removeprefix("share/").removeprefix("over ")) for n in names]
    for row, arm in enumerate(reversed(result.arms)):
        color = COLORS[len(result.arms) - 1 - row]
        shares = [result.last(name, arm)[0] for name in names]
        heights = [0.85 * share / max(shares) for share in shares]
        ax.bar(places, heights, bottom=row, color=color, width=0.9)
    ax.set_yticks(range(len(result.arms)), [f"{a}" for a in reversed(result.arms)])
    ax.set_xlim(0, 30)
    ax.set_xlabel("words")
    ax.set_title("lengths after the last round\n(each scaled to its greatest share)")


def draw_growth(ax: Axes, result: Result) -> None:
    """Draw H(L) of the last round as the sum of its causes, arm above arm."""
    parts = np.array([list(growth(result, a).values()) for a in reversed(result.arms)])
    rows = np.arange(len(parts))
    for i, (cause, color) in enumerate(zip(CAUSES, GRAYS, strict=True)):
        at = rows + 0.27 * (1 - i)
        ax.barh(at, parts[:, i], height=0.25, color=color, label=cause)
    ax.axvline(0, color="0.3", lw=0.8)
    ax.axvline(math.log(2), color="0.6", lw=1)
    ax.set_yticks(rows, list(reversed(result.arms)))
    ax.set_xlabel("nats of H(L); gray line: ln 2")
    ax.set_title("what made H(L) in the last round")
    ax.legend(frameon=False, fontsize=8, loc="lower right")
