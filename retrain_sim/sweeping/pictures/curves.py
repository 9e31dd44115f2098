"""Families of curves: a metric against a setting, or by round; seeds as a band."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from retrain_sim.labels import label_of
from retrain_sim.plotting import STYLE, THEORY, rounds_axis
from retrain_sim.sweeping.pictures.axes import (
    colors_of,
    columns_of,
    keep_outer_labels,
    label_axis,
    name_of,
    panels_of,
    positions,
)
from retrain_sim.sweeping.pictures.choice import Choice
from retrain_sim.sweeping.summary import shown


def draw_curves(choice: Choice) -> Figure:
    """Draw a metric in one round against a setting, theory dashed."""
    figure, panels = panels_of(choice, 4.6, 3.6)
    for ax, part in panels:
        at = positions(part.found, part.x)
        for values, expected, color, label in _families(part):
            _band(ax, at, values.transpose("seed", part.x).values, color, label)
            if expected is not None:
                ax.plot(at, expected.values, color=color, **THEORY)
        label_axis(ax, part.found, part.x, "x", cells=False)
    _finish(figure, panels, choice, f", {_when(choice)}")
    return figure


def draw_rounds(choice: Choice) -> Figure:
    """Draw a metric by round, a curve per value of a setting, theory dashed."""
    figure, panels = panels_of(choice, 4.6, 3.6)
    for ax, part in panels:
        rounds = part.found[part.clock].values
        for values, expected, color, label in _families(part, whole=True):
            _band(ax, rounds, values.transpose("seed", part.clock).values, color, label)
            if expected is not None:
                ax.plot(part.found["round"], expected.values, color=color, **THEORY)
        rounds_axis(ax)
    _finish(figure, panels, choice, "")
    return figure


def _families(part: Choice, whole: bool = False) -> Iterator[tuple]:
    """Yield values, theory, color and label of every curve."""
    values = part.found[part.metric] if whole else part.last
    expected = part.expected
    if whole and expected is not None:
        expected = part.found[f"predicted/{part.metric}"]
    colors = colors_of(part.found, part.color)
    if not part.color:
        yield values, expected, colors[0], ""
        return
    for color, value in zip(
        colors, part.found[part.color].values.tolist(), strict=True
    ):
        own = None if expected is None else expected.sel({part.color: value})
        yield values.sel({part.color: value}), own, color, shown(value)


def _band(ax: Axes, at: np.ndarray, values: np.ndarray, color: Any, label: str) -> None:
    low, high = np.nanpercentile(values, [5, 95], axis=0)
    style: dict[str, Any] = STYLE | {"marker": "o" if len(at) <= 20 else ""}
    style["markersize"] = 3.5
    ax.plot(at, values.mean(axis=0), color=color, label=label or None, **style)
    ax.fill_between(at, low, high, color=color, alpha=0.18, lw=0)


def _when(choice: Choice) -> str:
    return f"{choice.clock} {choice.round}" if choice.clock else "all rounds"


def _finish(figure: Figure, panels: list, choice: Choice, when: str) -> None:
    for ax, _ in panels:
        ax.set_ylabel(label_of(choice.metric) + when)
    keep_outer_labels(panels)
    ax = panels[columns_of(len(panels)) - 1][0]
    ax.plot([], [], color="0.3", label="mean, 5-95 % of seeds", **STYLE)
    if choice.expected is not None:
        ax.plot([], [], color="0.3", label="theory", **THEORY)
    title = name_of(choice.found, choice.color) if choice.color else None
    ax.legend(frameon=False, fontsize=9, title=title, loc="center left",
              bbox_to_anchor=(1.0, 0.5))  # fmt: skip
