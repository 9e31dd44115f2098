"""Pictures of policies in training: entropy, accuracy, and the path of one by other."""

from __future__ import annotations

from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from retrain_sim.bootstrap import mean_interval
from retrain_sim.plotting import COLORS, STYLE
from retrain_sim.policy.folder import PolicyResult

ENTROPY, RIGHT = "policy/entropy", "policy/pass@1"
WORDS = {ENTROPY: "entropy, nats", RIGHT: "pass@1 of the task in training"}
LINES = ("-", "--", ":", "-.")
"""After all colors were used, they come again with another line."""


def look_of(place: int) -> dict[str, Any]:
    """Return color and line of the arm at a place, different for each.

    Example:
        >>> look_of(0)["color"] == look_of(8)["color"], look_of(8)["linestyle"]
        (True, '--')
    """
    color = COLORS[place % len(COLORS)]
    line = LINES[place // len(COLORS) % len(LINES)]
    return STYLE | {"color": color, "linestyle": line}


def draw_policy(result: PolicyResult) -> Figure:
    """Draw entropy and pass@1 by round, and the path of one against the other."""
    metrics = [name for name in WORDS if name in result.history]
    columns = len(metrics) + (len(metrics) > 1)
    few = len(result.arms) <= len(COLORS)
    size = (4.4 * columns + 2.4 * (not few), 4)
    figure = Figure(figsize=size, dpi=100, layout="constrained")
    panels = figure.subplots(1, columns, squeeze=False)[0]
    for i, arm in enumerate(result.arms):
        for ax, metric in zip(panels, metrics, strict=False):
            draw_course(ax, result.history[metric].sel(arm=arm).values, arm, i)
        if len(metrics) > 1:
            _path(panels[-1], result, arm, i)
    _label(panels, metrics)
    named = panels[0].get_legend_handles_labels()
    if few:
        place = "lower right" if len(metrics) > 1 else "best"  # paths end at the top
        panels[-1].legend(*named, frameon=False, fontsize=9, loc=place)
    else:
        figure.legend(*named, frameon=False, fontsize=9, loc="outside right upper")
    return figure


def draw_course(ax: Axes, values: np.ndarray, arm: str, place: int) -> None:
    """Draw the mean over seeds by round, and its 95 % bootstrap interval.

    Args:
        ax: where.
        values: [seed, round].
        arm: its name, for the legend.
        place: of the arm among all, which decides its look.
    """
    rounds, look = np.arange(values.shape[1]), look_of(place)
    ax.plot(rounds, values.mean(axis=0), label=arm, **look)
    if len(values) > 1:
        low, high = mean_interval(values, resamples=400)
        ax.fill_between(rounds, low, high, color=look["color"], alpha=0.25, lw=0)


def _path(ax: Axes, result: PolicyResult, arm: str, place: int) -> None:
    """Draw pass@1 against entropy, a dot where it ends."""
    history, look = result.history.sel(arm=arm), look_of(place)
    entropy, right = (history[m].mean("seed").values for m in (ENTROPY, RIGHT))
    ax.plot(entropy, right, **look)
    ax.plot(entropy[-1:], right[-1:], "o", color=look["color"])


def _label(panels: np.ndarray, metrics: list[str]) -> None:
    for ax, metric in zip(panels, metrics, strict=False):
        ax.set(xlabel="round", ylabel=WORDS[metric])
    if len(metrics) > 1:
        panels[-1].set(xlabel=WORDS[ENTROPY], ylabel=WORDS[RIGHT], title="paths")
        panels[-1].invert_xaxis()
    for ax in panels:
        ax.spines[["top", "right"]].set_visible(False)
