"""Six curves by round, and what the model draws at the end."""

from __future__ import annotations

from typing import Any

from matplotlib.figure import Figure

from experiments.common import bare
from retrain_sim.plotting import COLORS, THEORY, draw_metric, draw_samples
from retrain_sim.predictions.leakage import leakage_path
from retrain_sim.predictions.theory_section import ArmTheory
from retrain_sim.result import Result

PANELS = {
    "collapse/class_entropy": "class entropy (nats)",
    "collapse/kl_to_uniform": "KL to uniform (nats)",
    "distance/frechet": "Frechet distance of features",
    "collapse/feature_variance": "variance of features",
    "collapse/intra_class_variance": "variance inside classes",
    "selection/leakage": "leakage",
}


def draw(result: Result) -> Figure:
    """Draw the curves with their predictions, above samples of the last round."""
    figure = Figure(figsize=(12, 9.6), layout="constrained")
    parts: Any = figure.subfigures(2, 1, height_ratios=[3.4, 1])
    above, below = parts
    axes = above.subplots(2, 3).ravel()
    for ax, (metric, title) in zip(axes, PANELS.items(), strict=True):
        draw_metric(ax, result, metric, legend=False)
        ax.set(title=title, ylabel="")
    _leakage_in_theory(axes[-1], result)
    bare(*axes)
    axes[0].plot([], [], color="0.3", label="exact map", **THEORY)
    axes[0].plot([], [], color="0.6", lw=1, label="real data")
    handles, labels = axes[0].get_legend_handles_labels()
    above.legend(handles, labels, loc="outside lower center", ncols=5, frameon=False)
    _last_samples(below, result)
    return figure


def _leakage_in_theory(ax, result: Result) -> None:
    steps = result.history["step"].values
    for color, arm in zip(COLORS, result.arms, strict=False):
        theory = result.theory[arm]
        if isinstance(theory, ArmTheory):
            path = leakage_path(theory.game, len(steps))
            ax.plot(steps, path, color=color, **THEORY)


def _last_samples(part, result: Result) -> None:
    last = result.spec.run.rounds
    axes = part.subplots(1, len(result.arms))
    for ax, arm in zip(axes, result.arms, strict=True):
        draw_samples(ax, result, arm, last)
        ax.set_title(arm, fontsize=10)
    part.suptitle(f"samples of the first seed after {last} rounds", fontsize=11)
