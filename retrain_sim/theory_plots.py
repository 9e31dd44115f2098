"""Pictures of the theory section: functions ``(axes, ArmTheory) -> None``."""

from __future__ import annotations

import numpy as np
from matplotlib.axes import Axes

from retrain_sim.plotting import COLORS, STYLE, THEORY, rounds_axis
from retrain_sim.predictions.theory_section import ArmTheory

LEAST_GAP = 1e-6
"""Smaller gaps are drawn as this: the measured shares are float32."""


def draw_welfare(ax: Axes, theory: ArmTheory) -> None:
    """Draw Nash welfare by round: simulated, in theory, and its maximum."""
    found = theory.bargain
    _draw(ax, found.welfare, found.measured_welfare)
    ax.axhline(found.nash.welfare, color="0.6", lw=1, zorder=0, label="best (Nash)")
    rounds_axis(ax)


def draw_gap(ax: Axes, theory: ArmTheory) -> None:
    """Draw the certificate, an upper bound on the welfare missing, by round."""
    measured = theory.bargain.measured_gap
    clipped = None if measured is None else np.maximum(measured, LEAST_GAP)
    _draw(ax, np.maximum(theory.bargain.gap, LEAST_GAP), clipped)
    ax.set_yscale("log")
    rounds_axis(ax)


def _draw(ax: Axes, expected: np.ndarray, measured: np.ndarray | None) -> None:
    rounds = np.arange(len(expected))
    if measured is not None:
        low, high = np.percentile(measured, [5, 95], axis=0)
        ax.plot(rounds, measured.mean(axis=0), color=COLORS[0], **STYLE)
        ax.fill_between(rounds, low, high, color=COLORS[0], alpha=0.2, lw=0)
        ax.lines[-1].set_label("simulation")
    ax.plot(rounds, expected, color=COLORS[1], label="theory at this K", **THEORY)
