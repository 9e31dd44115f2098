"""The latents' sd by generation, and what the generations draw."""

from __future__ import annotations

from matplotlib.figure import Figure

from experiments.common import bare
from retrain_sim.plotting import draw_metric, draw_samples
from retrain_sim.result import Result

PANELS = {
    "latent/sd": "sd of the latents",
    "quality/recognizable": "share recognized",
    "collapse/within_group_spread": "variance inside classes",
}


def draw(result: Result) -> Figure:
    """Draw three curves above a row of samples per arm."""
    figure = Figure(figsize=(11, 9.4), layout="constrained")
    (above,), (below,) = figure.subfigures(2, 1, squeeze=False, height_ratios=[1, 1.9])
    axes = above.subplots(1, len(PANELS))
    for ax, (metric, title) in zip(axes, PANELS.items(), strict=True):
        draw_metric(ax, result, metric, legend=False)
        ax.set(title=title, ylabel="", xlabel="generation")
    bare(*axes)
    handles, labels = axes[0].get_legend_handles_labels()
    above.legend(handles, labels, loc="outside lower center", ncols=3, frameon=False)
    above.suptitle("dashed: an ideal model, gray: real data", fontsize=10)
    _grids(below, result)
    return figure


def _grids(part, result: Result) -> None:
    rounds = range(result.spec.run.rounds + 1)
    axes = part.subplots(len(result.arms), len(rounds), squeeze=False)
    for row, arm in zip(axes, result.arms, strict=True):
        for ax, at in zip(row, rounds, strict=True):
            draw_samples(ax, result, arm, at)
        row[0].text(-0.08, 0.5, arm, rotation=90, va="center", ha="right",
                    transform=row[0].transAxes)  # fmt: skip
    for ax, at in zip(axes[0], rounds, strict=True):
        ax.set_title(f"generation {at}", fontsize=10)
