"""Distances to kept and real samples by round, and what is drawn at the end."""

from __future__ import annotations

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from experiments.common import bare
from experiments.compare import values_of
from experiments.few_kept.judge import COPIED, FEW
from retrain_sim.plotting import COLORS, draw_metric, draw_samples
from retrain_sim.result import Result

PANELS = {
    "memorization/nearest_kept": "distance to the nearest kept sample",
    "memorization/nearest_real": "distance to the nearest real sample",
    "collapse/within_group_spread": "variance inside classes",
    "collapse/class_entropy": "class entropy (nats)",
}


def draw(result: Result, longer: Result) -> Figure:
    """Draw four curves above samples of the last round; diamonds: trained longer."""
    figure = Figure(figsize=(11, 9.2), layout="constrained")
    (above,), (below,) = figure.subfigures(2, 1, squeeze=False, height_ratios=[2.4, 1])
    axes = above.subplots(2, 2).ravel()
    for ax, (metric, title) in zip(axes, PANELS.items(), strict=True):
        draw_metric(ax, result, metric, legend=False)
        ax.set(title=title, ylabel="")
    for ax in axes[:2]:
        ax.axhline(1, color="0.6", lw=1, zorder=0)
        ax.set_ylim(bottom=0)
    _diamonds(axes[0], result, longer)
    bare(*axes)
    handles, labels = axes[0].get_legend_handles_labels()
    above.legend(handles, labels, loc="outside lower center", ncols=3, frameon=False)
    above.suptitle(
        "dashed: the exact map; gray: real data, or 1 = as far as independent samples",
        fontsize=10,
    )
    shown = [(result, arm) for arm in result.arms]
    shown.append((longer, FEW[1]))
    for ax, (run, arm) in zip(below.subplots(1, len(shown)), shown, strict=True):
        last = run.spec.run.rounds
        draw_samples(ax, run, arm, last)
        steps = run.spec.values["model"]["steps"]
        ax.set_title(f"{arm}\nround {last}, {steps} steps a round", fontsize=10)
    return figure


def _diamonds(ax: Axes, result: Result, longer: Result) -> None:
    """Mark what the run that is trained longer ends in, seed by seed."""
    last, steps = longer.spec.run.rounds, longer.spec.values["model"]["steps"]
    for arm in longer.arms:
        ends = values_of(longer, COPIED, arm)[:, -1]
        color = COLORS[result.arms.index(arm)]
        ax.plot([last] * len(ends), ends, "D", color=color, ms=5, mec="white", mew=0.5)
    ax.annotate(
        f"diamonds: {steps} steps", (last, 0.6), (10, 0), textcoords="offset points"
    )
