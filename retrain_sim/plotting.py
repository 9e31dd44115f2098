"""Pictures: functions ``(axes, result, ...) -> None``.

Simulation is a solid line (mean over seeds) with a band (5 % to 95 % of the seeds),
theory is dashed, and dotted where too few atoms are left to trust it.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator

from retrain_sim.labels import label_of
from retrain_sim.predictions.population_map import LEAST_ESS
from retrain_sim.result import Result

COLORS = (
    "#0072B2",
    "#D55E00",
    "#009E73",
    "#CC79A7",
    "#E69F00",
    "#56B4E9",
    "#000000",
    "#8C6D31",
)
"""Okabe and Ito's colors, which color-blind people can tell apart, and a brown."""

LEAST_NAMED = 0.04
"""Groups with less than this share at the end are not named in pictures."""

THEORY: dict[str, Any] = {"linestyle": "--", "linewidth": 1.4, "alpha": 0.9}
STYLE: dict[str, Any] = {"linewidth": 1.8}


def draw_metric(ax: Axes, result: Result, metric: str, legend: bool = True) -> None:
    """Draw one metric by round, all arms, theory dashed, real data as a gray line."""
    for color, arm in zip(_cycle(COLORS), result.arms, strict=False):
        draw_band(ax, result, metric, arm, color, label=arm)
        draw_theory(ax, result, metric, arm, color)
    if math.isfinite(result.real.get(metric, math.nan)):
        ax.axhline(result.real[metric], color="0.6", lw=1, zorder=0)
    ax.set_ylabel(label_of(metric))
    rounds_axis(ax)
    _flat_is_flat(ax)
    if legend:
        ax.legend(frameon=False, fontsize=9)


def draw_band(
    ax: Axes,
    result: Result,
    metric: str,
    arm: str,
    color: str,
    label: str | None = None,
) -> None:
    """Draw the mean over seeds and the band of the seeds, of one metric and arm."""
    values = result.history[metric].sel(arm=arm).values
    rounds = result.history[result.history[metric].dims[-1]].values
    low, high = np.percentile(values, [5, 95], axis=0)
    ax.plot(rounds, values.mean(axis=0), color=color, label=label, **STYLE)
    ax.fill_between(rounds, low, high, color=color, alpha=0.2, lw=0)


def draw_theory(ax: Axes, result: Result, metric: str, arm: str, color: str) -> None:
    """Draw what theory expects: dashed, dotted where few atoms are left."""
    if metric not in result.prediction:
        return
    expected = result.prediction[metric].sel(arm=arm).values
    rounds = result.prediction["round"].values
    trusted = trusted_rounds(result, arm)
    ax.plot(rounds[trusted], expected[trusted], color=color, **THEORY)
    if not trusted.all():
        doubt = np.flatnonzero(~trusted)[0] - 1
        after = slice(max(doubt, 0), None)
        ax.plot(rounds[after], expected[after], color=color, ls=":", lw=1.4)


def trusted_rounds(result: Result, arm: str) -> np.ndarray:
    """Tell, by round, whether enough atoms are left to trust the prediction."""
    if "ess" not in result.prediction:
        return np.ones(result.prediction.sizes["round"], bool)
    return result.prediction["ess"].sel(arm=arm).values >= LEAST_ESS


def draw_shares(ax: Axes, result: Result, arm: str) -> None:
    """Draw the share of every group in one arm; the greatest ones colored and named."""
    colors = dict(zip(_great_groups(result), COLORS, strict=False))
    for name in group_names(result):
        color = colors.get(name, "0.75")
        draw_band(ax, result, f"share/{name}", arm, color)
        draw_theory(ax, result, f"share/{name}", arm, color)
    ends = {name: result.last(f"share/{name}", arm)[0] for name in colors}
    ends = {name: last for name, last in ends.items() if last > LEAST_NAMED}
    for name, height in zip(ends, spread_out(list(ends.values())), strict=True):
        at = (result.history["round"].values[-1], height)
        ax.annotate(f" {name}", at, color=colors[name], va="center", clip_on=False)
    ax.set_title(arm)
    ax.set_ylim(0, 1.02)
    rounds_axis(ax)


def spread_out(heights: list[float], least: float = 0.07) -> list[float]:
    """Move labels apart until neighbors are ``least`` apart, around where they were.

    Example:
        >>> spread_out([0.5, 0.5, 0.0], least=0.25)
        [0.375, 0.625, 0.0]
    """
    order = sorted(range(len(heights)), key=lambda i: heights[i])
    up, down = list(heights), list(heights)
    for low, high in itertools.pairwise(order):
        up[high] = max(heights[high], up[low] + least)
    for low, high in reversed(list(itertools.pairwise(order))):
        down[low] = min(heights[low], down[high] - least)
    return [(a + b) / 2 for a, b in zip(up, down, strict=True)]


def rounds_axis(ax: Axes) -> None:
    """Count rounds along the horizontal axis, in whole numbers."""
    ax.set_xlabel("round")
    ax.xaxis.set_major_locator(MaxNLocator(nbins=5, integer=True))


def _flat_is_flat(ax: Axes) -> None:
    """Keep rounding errors of a constant from filling the axes."""
    low, high = ax.get_ylim()
    if high - low < 1e-4 * max(abs(low), abs(high), 1e-4):
        ax.set_ylim(low - 0.05 * (abs(low) or 1), high + 0.05 * (abs(high) or 1))


def group_names(result: Result) -> list[str]:
    """List the groups that have shares."""
    names = [n for n in result.metric_names() if n.startswith("share/")]
    return [name.removeprefix("share/") for name in names]


def _great_groups(result: Result) -> list[str]:
    def greatest(name: str) -> float:
        return max(result.last(f"share/{name}", arm)[0] for arm in result.arms)

    return sorted(group_names(result), key=greatest, reverse=True)[: len(COLORS)]


def draw_samples(ax: Axes, result: Result, arm: str, round: int) -> None:
    """Show samples of one arm, first seed, one round: images, points or a histogram."""
    samples = result.history["samples"].sel(arm=arm, round=round).values[0]
    if result.image_shape:
        tiled = (tile(samples, result.image_shape).clip(-1, 1) + 1) / 2
        ax.imshow(tiled, cmap="gray", vmin=0, vmax=1)
        ax.set_axis_off()
        return
    everything = result.history["samples"].values
    if np.issubdtype(samples.dtype, np.integer):  # sequences: one row each
        ax.imshow(samples, cmap="tab20", vmin=-1, vmax=everything.max(), aspect="auto")
        ax.set_axis_off()
        return
    flat = everything.reshape(-1, samples.shape[-1])
    if samples.shape[-1] == 1:
        ax.hist(
            samples[:, 0],
            bins=list(np.linspace(flat.min(), flat.max(), 25)),
            color="0.4",
        )
    else:
        ax.scatter(samples[:, 0], samples[:, 1], s=4, color=COLORS[0], alpha=0.6)
        ax.set_ylim(flat[:, 1].min(), flat[:, 1].max())
    ax.set_xlim(flat[:, 0].min(), flat[:, 0].max())
    ax.set_xticks([])
    ax.set_yticks([])


def tile(samples: np.ndarray, shape: tuple[int, ...], most: int = 36) -> np.ndarray:
    """Lay images out as a square, a dark line between them; colors are the last axis.

    Example:
        >>> tile(np.zeros((4, 6)), (2, 3)).shape
        (7, 9)
        >>> tile(np.zeros((1, 18)), (2, 3, 3)).shape
        (4, 5, 3)
    """
    rows, columns, *colors = shape
    side = max(1, math.isqrt(min(len(samples), most)))
    images = samples[: side * side].reshape(side, side, *shape)
    rest = [(0, 0)] * len(colors)
    after = ((0, 0), (0, 0), (0, 1), (0, 1), *rest)
    framed = np.pad(images, after, constant_values=-1).swapaxes(1, 2)
    joined = framed.reshape(side * (rows + 1), side * (columns + 1), *colors)
    return np.pad(joined, ((1, 0), (1, 0), *rest), constant_values=-1)


def draw_decomposition(ax: Axes, result: Result, arm: str, metric: str) -> None:
    """Draw a metric at every stage from the map at K = inf to the trained model."""
    rounds = result.prediction["round"].values
    looks = {"K = inf": ("0.6", ":"), "finite K": (COLORS[1], "--")}
    looks["with drift"] = (COLORS[2], "-.")
    for stage, (color, line) in looks.items():
        if f"{stage}/{metric}" in result.prediction:
            values = result.prediction[f"{stage}/{metric}"].sel(arm=arm).values
            ax.plot(rounds, values, color=color, ls=line, label=_STAGE_LABELS[stage])
    draw_band(ax, result, metric, arm, COLORS[0], label="the trained model")
    ax.set_title(arm)
    rounds_axis(ax)


_STAGE_LABELS = {
    "K = inf": "selection alone, K = inf",
    "finite K": "selection at this K",
    "with drift": "+ finite samples",
}


def _cycle(colors: Sequence[str]) -> Iterator[str]:
    while True:
        yield from colors
