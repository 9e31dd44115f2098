"""The picture: diversity against reward, one point per strategy."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from experiments.twelve_strategies.scores import MEASURES, SINGLE, measured
from retrain_sim.plotting import COLORS
from retrain_sim.result import Result

FAMILIES = {
    "a random voter decides": (COLORS[0], "o"),
    "one judge decides for all": (COLORS[1], "s"),
    "nobody, or one after the other": (COLORS[6], "D"),
}
OTHERS = ("no curation", "owner a, public b")
NEAR = 0.06
"""Points closer than this share of the panel share a label."""


class Point(NamedTuple):
    """A strategy's last round: reward and diversity, two standard errors, the map."""

    arm: str
    x: float
    y: float
    x_error: float
    y_error: float
    expected: tuple[float, float]


def pareto_figure(result: Result) -> Figure:
    """Draw the last round: the worst-off voter's reward, and the mean reward."""
    figure = Figure(figsize=(12, 5.4), layout="constrained")
    axes = figure.subplots(1, 2, sharey=True)
    for ax, measure in zip(axes, MEASURES[:0:-1], strict=True):
        _draw(ax, [_point(result, measure, arm) for arm in result.arms])
        ax.set_xlabel(f"{measure} (weighted by voters)" if measure[0] == "m" else
                      f"{measure}: the least of the three means")  # fmt: skip
    axes[0].set_ylabel("diversity: effective number of outcomes")
    for name, (color, marker) in FAMILIES.items():
        axes[0].plot([], [], marker, color=color, label=name)
    axes[0].plot([], [], "o", color="0.3", mfc="none", ms=11, label="exact map")
    figure.legend(loc="outside upper center", ncols=4, frameon=False)
    return figure


def _point(result: Result, measure: str, arm: str) -> Point:
    x, x_map = measured(result, measure, arm)
    y, y_map = measured(result, MEASURES[0], arm)
    two_errors = 2 / np.sqrt(len(x))
    return Point(
        arm,
        x[:, -1].mean(),
        y[:, -1].mean(),
        two_errors * x[:, -1].std(ddof=1),
        two_errors * y[:, -1].std(ddof=1),
        (x_map[-1], y_map[-1]),
    )


def _draw(ax: Axes, points: list[Point]) -> None:
    for p in points:
        color, marker = _look(p.arm)
        ax.errorbar(p.x, p.y, p.y_error, p.x_error, fmt=marker, color=color, ms=5)
        ax.plot(*p.expected, marker, color=color, mfc="none", ms=11)
    left, right = min(p.x for p in points), max(p.x for p in points)
    for near in _neighbors(points, right - left):
        crowded = near[0].expected[0] - near[0].x > NEAR * (right - left)
        _label(ax, near, crowded or near[0].x > left + 0.6 * (right - left))
    ax.margins(x=0.1)
    ax.set(yscale="log", ylim=(0.85, 12))
    ax.set_yticks([1, 2, 3, 5, 10], labels=["1", "2", "3", "5", "10"])
    ax.minorticks_off()
    ax.spines[["top", "right"]].set_visible(False)


def _look(arm: str) -> tuple[str, str]:
    random, single, rest = FAMILIES.values()
    return single if arm in SINGLE else rest if arm in OTHERS else random


def _neighbors(points: list[Point], width: float) -> list[list[Point]]:
    """Chain points that are near each other, from the top down."""
    groups: list[list[Point]] = []
    for p in sorted(points, key=lambda p: -p.y):
        for group in groups:
            last = group[-1]
            off = (p.x - last.x) / (width or 1), np.log10(p.y / last.y)
            if np.hypot(*off) < NEAR:
                group.append(p)
                break
        else:
            groups.append([p])
    return groups


def _label(ax: Axes, near: list[Point], leftward: bool) -> None:
    """Name neighboring points together, line by line as they lie."""
    ax.annotate(
        "\n".join(p.arm.removeprefix("random voter, ") for p in near),
        (np.mean([p.x for p in near]), np.exp(np.mean([np.log(p.y) for p in near]))),
        xytext=(-12 if leftward else 12, 0),
        textcoords="offset points",
        ha="right" if leftward else "left",
        va="center",
        fontsize=10,
    )
