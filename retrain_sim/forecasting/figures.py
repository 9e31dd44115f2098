"""Pictures of a forecast: by round, with bands, the limit of infinite slates dashed."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from retrain_sim.forecasting.forecast import Forecast
from retrain_sim.plotting import COLORS, LEAST_NAMED, STYLE, THEORY, spread_out

BAND = 2.0
"""Half the width of a band, in standard errors."""


def diversity_figure(found: Forecast) -> Figure:
    """Draw what is left of the diversity, and how far the pool can be trusted."""
    figure, (left, right) = _panels(2)
    course, errors = found.course, found.errors
    low = course.entropy - BAND * errors.entropy
    high = course.entropy + BAND * errors.entropy
    _band(left, np.exp(low), np.exp(high), COLORS[0])
    left.plot(course.effective_outcomes, color=COLORS[0], **STYLE)
    shares = found.nash_rows[1]
    nash = float(np.exp(-shares @ np.log(shares)))
    left.axhline(nash, color=COLORS[0], label="K = inf (Nash)", **THEORY)
    if found.half_life is not None:
        left.axvline(found.half_life, color="0.6", lw=1, label="half is lost")
    left.set_yscale("log")
    left.set_ylim(bottom=0.8)
    left.set_ylabel("effective outcomes")
    left.legend(frameon=False, fontsize=9)
    right.plot(course.effective_sample_size, color=COLORS[3], **STYLE)
    right.set_yscale("log")
    right.set_ylabel("effective sample size (rows)")
    if not found.pool.exact:
        right.axhline(100, color="0.6", lw=1, label="too few to trust the pool")
        right.legend(frameon=False, fontsize=9)
    return figure


def groups_figure(found: Forecast) -> Figure | None:
    """Draw the masses of the groups; the greatest ones colored and named."""
    if len(found.pool.group_names) < 2:
        return None
    figure, (ax,) = _panels(1)
    masses, errors = found.course.group_masses, found.errors.group_masses
    great = np.argsort(-np.maximum(masses[0], masses[-1]))
    for g in great[len(COLORS) :]:
        ax.plot(masses[:, g], color="0.8", lw=1)
    colors = dict(zip(great, COLORS, strict=False))
    for g, color in colors.items():
        width = BAND * errors[:, g]
        low, high = np.clip([masses[:, g] - width, masses[:, g] + width], 0, 1)
        _lines(ax, masses[:, g], (low, high), found.nash_masses[g], color)
    ends = [g for g in colors if masses[-1, g] > LEAST_NAMED]
    names = [found.pool.group_names[g] for g in ends]
    _name(ax, names, [masses[-1, g] for g in ends], [colors[g] for g in ends])
    ax.plot([], [], color="0.3", label="K = inf (Nash)", **THEORY)
    for g in [g for g in colors if g not in ends]:
        ax.plot([], [], color=colors[g], label=f"{found.pool.group_names[g]}: lost")
    ax.legend(frameon=False, fontsize=9)
    ax.set_ylim(0, 1.02)
    ax.set_ylabel("share of the group")
    return figure


def utilities_figure(found: Forecast) -> Figure:
    """Draw each voter's mean utility, and the welfare that is still missing."""
    figure, (left, right) = _panels(2)
    utilities, errors = found.course.mean_utilities, found.errors.mean_utilities
    for i, color in zip(range(len(found.pool.names)), COLORS, strict=False):
        width = BAND * errors[:, i]
        low, high = np.clip([utilities[:, i] - width, utilities[:, i] + width], 0, 1)
        _lines(left, utilities[:, i], (low, high), found.nash.mean_utilities[i], color)
    few = list(found.pool.names[: len(COLORS)])
    _name(left, few, list(utilities[-1, : len(few)]), COLORS)
    left.set_ylim(0, 1.02)
    left.set_ylabel("mean utility, 1 = the best outcome")
    right.plot(found.welfare_gap, color=COLORS[0], **STYLE)
    right.set_ylim(bottom=0)
    right.set_ylabel("Nash welfare still missing")
    return figure


FIGURES: dict[str, Callable[[Forecast], Figure | None]] = {
    "diversity": diversity_figure,
    "groups": groups_figure,
    "utilities": utilities_figure,
}
"""Name of the file -> what draws it; None where there is nothing to show."""

CAPTIONS = {
    "diversity": "Left: the number of equally likely outcomes that the model is worth, "
    "by round; dashed, the limit of infinite slates. Right: how many rows of the pool "
    "the forecast rests on. Bands: two standard errors of resampled rows.",
    "groups": "Share of every group by round at this slate size; dashed, the limit of "
    "infinite slates.",
    "utilities": "Left: each voter's mean utility by round; dashed, the Nash bargain "
    "of infinite slates. Right: the welfare that is missing to it.",
}


def _panels(n: int) -> tuple[Figure, Sequence[Axes]]:
    figure = Figure(figsize=(4.6 * n if n > 1 else 6.4, 3.6), layout="constrained")
    axes = figure.subplots(1, n, squeeze=False)[0]
    for ax in axes:
        ax.spines[["top", "right"]].set_visible(False)
        ax.set_xlabel("round")
        ax.xaxis.set_major_locator(MaxNLocator(nbins=5, integer=True))
    return figure, axes


def _band(ax: Axes, low: np.ndarray, high: np.ndarray, color: str) -> None:
    ax.fill_between(np.arange(len(low)), low, high, color=color, alpha=0.2, lw=0)


def _lines(
    ax: Axes,
    values: np.ndarray,
    band: tuple[np.ndarray, np.ndarray],
    nash: float,
    color: str,
) -> None:
    _band(ax, *band, color)
    ax.plot(values, color=color, **STYLE)
    ax.plot([0, len(values) - 1], [nash, nash], color=color, **THEORY)


def _name(
    ax: Axes, names: list[str], heights: list[float], colors: Sequence[str]
) -> None:
    """Name lines at their right ends, apart from each other."""
    last = max(np.max(line.get_xdata()) for line in ax.lines)
    for name, height, color in zip(names, spread_out(heights), colors, strict=False):
        ax.annotate(f" {name}", (last, height), color=color, va="center",
                    annotation_clip=False)  # fmt: skip
