"""The picture: H(L) by round, and the lengths at the end."""

from __future__ import annotations

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from experiments.common import bare
from retrain_sim.plotting import COLORS, draw_metric
from retrain_sim.result import Result


def draw(result: Result) -> Figure:
    """Draw the entropy of lengths by round, and the distributions they end in."""
    figure = Figure(figsize=(10, 4.2), layout="constrained")
    left, right = figure.subplots(1, 2)
    draw_metric(left, result, "collapse/class_entropy", legend=False)
    left.set_ylabel("H(L), nats")
    left.set_title("entropy of the number of words\n(dashed: theory, gray: real text)")
    draw_lengths(right, result)
    bare(left, right)
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
