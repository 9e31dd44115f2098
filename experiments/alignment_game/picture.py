"""The picture: where the public's picks end, and how near to either center."""

from __future__ import annotations

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Circle

from retrain_sim.plotting import COLORS

OWNER, PUBLIC = COLORS[0], COLORS[1]


def picks_figure(game: dict[str, np.ndarray], center: float) -> Figure:
    """Draw one case: a column per draw, the last picks above, the distances below."""
    figure = Figure(figsize=(11, 6.4), layout="constrained")
    axes = figure.subplots(2, len(game), sharey="row", sharex="row")
    for (above, below), (name, picks) in zip(axes.T, game.items(), strict=True):
        _scatter(above, picks[:, -1], center)
        _distances(below, picks, center)
        above.set_title(name)
    axes[1, 0].set_ylabel("mean distance to the center")
    axes[1, 0].legend(frameon=False)
    return figure


def _scatter(ax: Axes, picks: np.ndarray, center: float) -> None:
    """Show the last picks of all seeds on the two discs."""
    for at, color, name in ((0.0, OWNER, "owner"), (center, PUBLIC, "public")):
        ax.add_patch(Circle((at, 0), 1, color=color, alpha=0.18, lw=0))
        ax.annotate(name, (at, -1.75), color=color, ha="center", fontsize=11)
    x, y = picks.reshape(-1, 2).T
    ax.plot(x, y, ".", color="0.15", ms=3, alpha=0.4)
    ax.set(aspect="equal", xlim=(-1.9, 4.9), ylim=(-2.4, 2.2), xticks=[], yticks=[])
    ax.spines[:].set_visible(False)


def _distances(ax: Axes, picks: np.ndarray, center: float) -> None:
    """Follow the mean distance of each round's picks: mean and range over seeds."""
    rounds = 1 + np.arange(picks.shape[1])
    for at, color, name in ((0.0, OWNER, "owner"), (center, PUBLIC, "public")):
        off = np.linalg.norm(picks - np.array([at, 0.0]), axis=-1).mean(axis=-1)
        ax.plot(rounds, off.mean(axis=0), color=color, label=f"to the {name}'s")
        low, high = np.percentile(off, [5, 95], axis=0)
        ax.fill_between(rounds, low, high, color=color, alpha=0.2, lw=0)
    ax.axhline(1, color="0.6", lw=1, zorder=0)
    ax.annotate("rim", (rounds[-1], 1), ha="right", va="bottom", color="0.4")
    ax.set(xlabel="round", ylim=(0, 3))
    ax.spines[["top", "right"]].set_visible(False)
