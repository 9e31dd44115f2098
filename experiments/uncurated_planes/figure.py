"""Samples by share of real data; distance by round, and against lambda."""

from __future__ import annotations

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import NullFormatter

from experiments.common import bare
from experiments.compare import values_of
from experiments.planes import MODELS, bare_plane, draw_points, predicted
from experiments.uncurated_planes.judge import (
    ARMS,
    DISTANCE,
    EVEN,
    OWN,
    REAL,
    bounds,
    share_of,
)
from retrain_sim.plotting import COLORS, THEORY
from retrain_sim.result import Result

COLOR = dict(zip(ARMS, COLORS, strict=False))
SHOWN = (REAL, EVEN, OWN)
THRESHOLD = 0.5
"""Bertrand et al.'s sufficient condition, where the best model is perfect."""


def draw(results: dict[tuple[str, str], Result]) -> Figure:
    """Draw a block per data set, a row per model."""
    figure = Figure(figsize=(13, 2.5 * len(results)), layout="constrained")
    sets = list(dict.fromkeys(data for data, _ in results))
    blocks = figure.subfigures(len(sets), 1, squeeze=False)[:, 0]
    for block, data in zip(blocks, sets, strict=True):
        axes = block.subplots(len(MODELS), 5, width_ratios=(1, 1, 1, 1.4, 1.4))
        for row, model in zip(axes, MODELS, strict=True):
            _row(row, results[data, model], data)
            row[0].set_ylabel(model)
        for ax, arm in zip(axes[0], SHOWN, strict=False):
            ax.set_title(arm, color=COLOR[arm], fontsize=10)
        axes[0, 3].set_title("distance to the real law", fontsize=10)
        axes[0, 4].set_title("in the last round", fontsize=10)
        axes[0, 4].legend(frameon=False, fontsize=7)
        handles, labels = axes[0, 3].get_legend_handles_labels()
        block.legend(
            handles, labels, frameon=False, loc="outside lower center", ncols=7
        )
        block.suptitle(f"{data}: samples of the last round; dashed: exact map")
    return figure


def _row(row: np.ndarray, result: Result, data: str) -> None:
    last = result.spec.run.rounds
    for ax, arm in zip(row, SHOWN, strict=False):
        draw_points(ax, result, arm, last, COLOR[arm])
        bare_plane(ax, data)
    for arm in ARMS:
        seeds = values_of(result, DISTANCE, arm)
        row[3].plot(seeds.T, color=COLOR[arm], lw=1, alpha=0.7)
        row[3].plot([], [], color=COLOR[arm], label=arm)
        row[3].plot(predicted(result, DISTANCE, arm), color=COLOR[arm], **THEORY)
    row[3].set_xlabel("round")
    _log_scale(row[3])
    _against_lambda(row[4], result)


def _against_lambda(ax: Axes, result: Result) -> None:
    """Draw the last distance over lambda; all synthetic stands at the right edge."""
    places = [*((1 / s - 1) if (s := share_of(result, a)) else 8.0 for a in ARMS)]
    for place, arm in zip(places, ARMS, strict=True):
        ends = values_of(result, DISTANCE, arm)[:, -1]
        ax.plot([place] * len(ends), ends, "o", color=COLOR[arm], ms=4)
    law = [bounds(result, arm)[:, -1].mean() for arm in ARMS]
    ax.plot(places, law, color="0.2", label="bound by errors of refits", **THEORY)
    ax.axvline(THRESHOLD, color="0.6", lw=1, label="proved stable: left of this")
    ax.set_xscale("symlog", linthresh=0.25, linscale=0.5)
    ax.set_xticks(places, ["0", "1/4", "1", "4", "inf"])
    ax.minorticks_off()
    ax.set(xlabel="lambda, synthetic to real", xlim=(-0.1, 9))
    _log_scale(ax)


def _log_scale(ax: Axes) -> None:
    ax.set_yscale("log")
    ax.yaxis.set_major_formatter("{x:g}")
    ax.yaxis.set_minor_formatter(NullFormatter())
    bare(ax)
