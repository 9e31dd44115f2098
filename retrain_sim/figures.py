"""The figures of a report: panels of what ``retrain_sim.plotting`` draws."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
from matplotlib.figure import Figure

from retrain_sim.labels import label_of
from retrain_sim.plotting import (
    THEORY,
    draw_decomposition,
    draw_metric,
    draw_samples,
    draw_shares,
    group_names,
)
from retrain_sim.result import Result
from retrain_sim.theory_plots import draw_gap, draw_welfare
from retrain_sim.theory_tables import known


def _panels(n: int, width: float, height: float, columns: int) -> tuple[Figure, list]:
    columns = min(n, columns)
    rows = math.ceil(n / columns)
    figure = Figure(figsize=(width * columns, height * rows), layout="constrained")
    axes = figure.subplots(rows, columns, squeeze=False).ravel()
    for ax in axes:
        ax.spines[["top", "right"]].set_visible(False)
    for ax in axes[n:]:
        ax.set_visible(False)
    return figure, list(axes[:n])


def headline_figure(result: Result) -> Figure:
    """Draw the headline metric."""
    figure, (ax,) = _panels(1, 7, 4.2, 1)
    draw_metric(ax, result, result.headline, legend=False)
    ax.plot([], [], color="0.3", label="theory", **THEORY)
    if math.isfinite(result.real.get(result.headline, math.nan)):
        ax.plot([], [], color="0.6", lw=1, label="real data")
    ax.legend(frameon=False, loc="center left", bbox_to_anchor=(1, 0.5))
    return figure


def shares_figure(result: Result) -> Figure | None:
    """Draw the group shares, one panel per arm."""
    if len(group_names(result)) < 2:
        return None
    figure, axes = _panels(len(result.arms), 3.3, 3, 4)
    for ax, arm in zip(axes, result.arms, strict=True):
        draw_shares(ax, result, arm)
    axes[0].set_ylabel("share of the group")
    return figure


def shown_rounds(result: Result, most: int = 5) -> list[int]:
    """Choose rounds to look at: the first, the last, denser at the start."""
    last = result.spec.run.rounds
    steps = np.linspace(0, 1, most) ** 1.6 * last
    return sorted({round(step) for step in steps})


def samples_figure(result: Result) -> Figure | None:
    """Show samples: a row per arm, a column per round."""
    if result.history["samples"].ndim < 5 or not result.history.sizes["shown"]:
        return None
    rounds, arms = shown_rounds(result), result.arms
    size = (1.9 * len(rounds), 2.0 * len(arms))
    figure = Figure(figsize=size, layout="constrained")
    axes = figure.subplots(len(arms), len(rounds), squeeze=False)
    for row, arm in zip(axes, arms, strict=True):
        for ax, at in zip(row, rounds, strict=True):
            draw_samples(ax, result, arm, at)
        row[0].text(-0.1, 0.5, arm, rotation=90, va="center", ha="right",
                    transform=row[0].transAxes, fontsize=12)  # fmt: skip
    for ax, at in zip(axes[0], rounds, strict=True):
        ax.set_title(f"round {at}", fontsize=11)
    return figure


def decomposition_figure(result: Result) -> Figure | None:
    """Draw where the diversity went, one panel per arm."""
    if f"finite K/{result.headline}" not in result.prediction:
        return None
    figure, axes = _panels(len(result.arms), 3.3, 3, 4)
    for ax, arm in zip(axes, result.arms, strict=True):
        draw_decomposition(ax, result, arm, result.headline)
        ax.sharey(axes[0])
    axes[0].set_ylabel(label_of(result.headline))
    handles, labels = axes[0].get_legend_handles_labels()
    figure.legend(handles, labels, loc="outside lower center", ncols=4, frameon=False)
    return figure


def bargain_figure(result: Result) -> Figure | None:
    """Draw Nash welfare and its certificate: a column per arm that curates."""
    theories = known(result)
    if not theories:
        return None
    figure, axes = _panels(2 * len(theories), 3.3, 2.6, len(theories))
    welfare, gaps = axes[: len(theories)], axes[len(theories) :]
    columns = zip(welfare, gaps, theories.items(), strict=True)
    for above, below, (arm, theory) in columns:
        draw_welfare(above, theory)
        draw_gap(below, theory)
        above.set_title(arm)
        above.set_xlabel("")
    welfare[0].set_ylabel("Nash welfare (nats)")
    gaps[0].set_ylabel("KKT gap (nats)")
    handles, labels = welfare[0].get_legend_handles_labels()
    figure.legend(handles, labels, loc="outside lower center", ncols=4, frameon=False)
    return figure


def _other_metrics(result: Result) -> list[str]:
    """List what no other figure shows, without mere functions of the entropy."""
    recorded = result.metric_names() + result.step_metric_names()
    hidden = {result.headline, "collapse/effective_number", "collapse/kl_to_uniform"}
    names = [name for name in recorded if name not in hidden]
    names = [name for name in names if not name.endswith("/variance")]
    return [n for n in names if not n.startswith(("share/", "selection/share/"))]


def metrics_figure(result: Result) -> Figure | None:
    """Draw every other metric, small."""
    names = _other_metrics(result)
    if not names:
        return None
    figure, axes = _panels(len(names), 3.2, 2.5, 4)
    for ax, name in zip(axes, names, strict=True):
        draw_metric(ax, result, name, legend=False)
        ax.set_title(label_of(name), fontsize=10)
        ax.set_ylabel("")
    handles, labels = axes[0].get_legend_handles_labels()
    figure.legend(handles, labels, loc="outside lower center", ncols=6, frameon=False)
    return figure


FIGURES: dict[str, Callable[[Result], Figure | None]] = {
    "headline": headline_figure,
    "samples": samples_figure,
    "shares": shares_figure,
    "decomposition": decomposition_figure,
    "bargain": bargain_figure,
    "metrics": metrics_figure,
}
"""Name of the file -> what draws it; None where a scenario has nothing to show."""
