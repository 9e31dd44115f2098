"""Pictures of the advice: U-curves with bands, the law dashed; distances and floors."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from retrain_sim.dose.advice.advise import Advice, GroupDose
from retrain_sim.dose.advice.shown import ratio
from retrain_sim.plotting import COLORS, STYLE, THEORY

BAND = 2.0
"""Half the width of a band, in standard errors."""

MOST_PANELS, COLUMNS = 12, 4


def curves_figure(found: Advice) -> Figure | None:
    """Draw the loss against the ratio, a panel per group."""
    shown = [one for one in found.groups if one.curve is not None][:MOST_PANELS]
    if not shown:
        return None
    rows, columns = -(-len(shown) // COLUMNS), min(len(shown), COLUMNS)
    size = (6.4, 4.2) if len(shown) == 1 else (3.1 * columns, 2.7 * rows + 0.4)
    figure = Figure(figsize=size, layout="constrained")
    axes = figure.subplots(rows, columns, squeeze=False, sharey=len(shown) > 1)
    for ax, one in zip(axes.flat, shown, strict=False):
        _curve(ax, one)
        if len(shown) > 1:
            ax.set_title(one.name, fontsize=10)
    for ax in axes.flat[len(shown) :]:
        ax.set_axis_off()
    for ax in axes[:, 0]:
        ax.set_ylabel("loss on held-out real rows")
    axes.flat[0].set_ylim(_range(shown))
    for ax in axes.flat[max(len(shown) - columns, 0) : len(shown)]:
        ax.set_xlabel("synthetic rows per real row")
    axes.flat[0].legend(frameon=False, fontsize=8)
    return figure


def _curve(ax: Axes, one: GroupDose) -> None:
    """Draw one group: the model solid with its band, the law dashed, scaled."""
    assert one.curve is not None
    curve = one.curve
    place = np.arange(len(curve.ratios))
    ax.fill_between(
        place,
        curve.loss - BAND * curve.change,
        curve.loss + BAND * curve.change,
        color=COLORS[0],
        alpha=0.2,
        lw=0,
    )
    ax.plot(place, curve.loss, "o-", color=COLORS[0], ms=3.5, label="model", **STYLE)
    if one.law is not None:
        risk = one.law.task.risk(curve.ratios)
        scaled = curve.loss[0] * risk / risk[0]
        ax.plot(place, scaled, color=COLORS[1], label="law, scaled", **THEORY)
    at = int(np.flatnonzero(curve.ratios == one.ratio)[0])
    ax.axvline(at, color="0.6", lw=1, zorder=0, label="recommended")
    every = 1 if len(place) < 8 else 2
    ax.set_xticks(place[::every], [ratio(r) for r in curve.ratios[::every]])
    ax.spines[["top", "right"]].set_visible(False)


def _range(shown: list[GroupDose]) -> tuple[float, float]:
    """Return where the bands lie, with a margin: the law may leave the picture."""
    bands = [
        one.curve.loss + sign * BAND * one.curve.change
        for one in shown
        if one.curve
        for sign in (-1, 1)
    ]
    low, high = (
        float(np.min(np.concatenate(bands))),
        float(np.max(np.concatenate(bands))),
    )
    margin = 0.15 * (high - low) or 1.0
    return low - margin, high + margin


def distances_figure(found: Advice) -> Figure:
    """Draw every group's distance with its interval, beside floor and threshold."""
    groups = [one for one in found.groups if one.law is not None]
    figure = Figure(
        figsize=(6.4, 1.4 + 0.38 * max(len(groups), 2)), layout="constrained"
    )
    ax = figure.subplots()
    for place, one in enumerate(groups):
        assert one.law is not None
        low, high = one.law.gap_interval
        ax.plot([low, high], [place, place], color=COLORS[0], lw=2.5, alpha=0.5)
        marks = [
            (one.law.task.gap, "o", COLORS[0], "distance, 90 % interval"),
            (one.law.floor, "|", "black", "real vs real, half the rows"),
            (one.law.threshold, "^", COLORS[1], "law: harmful beyond"),
        ]
        for value, marker, color, name in marks:
            label = name if place == 0 else None
            ax.plot([value], [place], marker, color=color, label=label, ms=7)
    ax.set_yticks(range(len(groups)), [one.name for one in groups])
    ax.set_ylim(-0.6, max(len(groups), 1) - 0.4)
    ax.invert_yaxis()
    ax.set_xlim(left=0)
    ax.set_xlabel(f"{found.settings.distance} distance, in units of a shift")
    ax.spines[["top", "right"]].set_visible(False)
    if groups:
        figure.legend(frameon=False, fontsize=8, loc="outside upper center", ncols=3)
    return figure


FIGURES: dict[str, Callable[[Advice], Figure | None]] = {
    "curves": curves_figure,
    "distances": distances_figure,
}
"""Name of the file -> what draws it; None where there is nothing to show."""

CAPTIONS = {
    "curves": "Loss of the model on held-out real rows by dose (solid; band: two "
    "standard errors of the difference to dose 0), and the law of mixed means, scaled "
    "to the same start (dashed).",
    "distances": "How far synthetic rows are from real ones, debiased, with what two "
    "halves of the real rows are apart (biased up) and the distance beyond which too "
    "much synthetic data harms a mean.",
}
