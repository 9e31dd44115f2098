"""Survivors and entropy by generation, one color per weight."""

from __future__ import annotations

import math

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from experiments.common import bare
from experiments.compare import draw_path, values_of
from experiments.surviving_modes.judge import ALIVE, LINEAR, N_RIGHT, ZETAS, arm
from retrain_sim.plotting import COLORS
from retrain_sim.policy.theory import Survival
from retrain_sim.result import Result

ENTROPY = "collapse/class_entropy"


def draw(result: Result, laws: dict[float, Survival]) -> Figure:
    """Draw the number of right answers at the left, their entropy at the right."""
    figure = Figure(figsize=(10, 4.2), layout="constrained")
    left, right = figure.subplots(1, 2)
    for color, zeta in zip(COLORS, ZETAS, strict=False):
        survivors, entropy = laws[zeta]
        label = rf"$\zeta$ = {zeta:g}"
        _path(left, result, ALIVE, arm(zeta), survivors, color, label)
        _path(right, result, ENTROPY, arm(zeta), entropy, color, label)
    last = COLORS[len(ZETAS)]
    label = r"$1 - 0.2 \log p$"
    _path(left, result, ALIVE, LINEAR, None, last, label)
    _path(right, result, ENTROPY, LINEAR, None, last, label)
    left.set(ylim=(0, N_RIGHT + 0.5), ylabel="right answers alive, of 10")
    right.set(ylim=(0, math.log(N_RIGHT) + 0.1), ylabel="entropy, nats")
    right.axhline(math.log(N_RIGHT), color="0.6", lw=1, zorder=0)
    for ax in (left, right):
        ax.set_xlabel("generation")
    handles = left.get_legend_handles_labels()
    figure.legend(*handles, frameon=False, loc="outside lower center", ncols=5)
    figure.suptitle(
        r"Weight $p^{-\zeta}$ on right answers, 200 kept per generation. "
        "Dashed: mean field. Bands: 4 standard errors.",
        fontsize=10,
    )
    bare(left, right)
    return figure


def _path(
    ax: Axes,
    result: Result,
    metric: str,
    name: str,
    law: np.ndarray | None,
    color: str,
    label: str,
) -> None:
    """Draw one arm from the first refit on: before it, half of them are wrong."""
    values = values_of(result, metric, name)[:, 1:]
    draw_path(ax, values, None if law is None else law[1:], color=color, label=label)
