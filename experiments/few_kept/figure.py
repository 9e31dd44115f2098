"""Distances to kept and real samples by round, and what is drawn at the end."""

from __future__ import annotations

from matplotlib.figure import Figure

from experiments.common import bare
from retrain_sim.plotting import draw_metric, draw_samples
from retrain_sim.result import Result

PANELS = {
    "memorization/nearest_kept": "distance to the nearest kept sample",
    "memorization/nearest_real": "distance to the nearest real sample",
    "collapse/within_group_spread": "variance inside classes",
    "collapse/class_entropy": "class entropy (nats)",
}


def draw(result: Result) -> Figure:
    """Draw four curves above samples of the last round."""
    figure = Figure(figsize=(9.6, 9.8), layout="constrained")
    (above,), (below,) = figure.subfigures(2, 1, squeeze=False, height_ratios=[2.1, 1])
    axes = above.subplots(2, 2).ravel()
    for ax, (metric, title) in zip(axes, PANELS.items(), strict=True):
        draw_metric(ax, result, metric, legend=False)
        ax.set(title=title, ylabel="")
    for ax in axes[:2]:
        ax.axhline(1, color="0.6", lw=1, zorder=0)
        ax.set_ylim(bottom=0)
    bare(*axes)
    handles, labels = axes[0].get_legend_handles_labels()
    above.legend(handles, labels, loc="outside lower center", ncols=3, frameon=False)
    above.suptitle(
        "dashed: the exact map; gray: real data, or 1 = as far as independent samples",
        fontsize=10,
    )
    last = result.spec.run.rounds
    for ax, arm in zip(below.subplots(1, len(result.arms)), result.arms, strict=True):
        draw_samples(ax, result, arm, last)
        ax.set_title(f"{arm}, round {last}", fontsize=10)
    return figure
