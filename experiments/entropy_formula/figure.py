"""Predicted against actual entropy change, a panel per policy."""

from __future__ import annotations

import numpy as np
from matplotlib.figure import Figure

from experiments.common import bare
from experiments.entropy_formula.judge import score
from retrain_sim.plotting import COLORS, STYLE, THEORY
from retrain_sim.policy.entropy_audit import StepAudit

SHOWN = 200
"""Draws in a panel."""


def draw(found: dict[str, StepAudit], agreement: dict[int, float]) -> Figure:
    """Draw every policy, and the share of right signs by the number of features."""
    columns = 4
    rows = -(-(len(found) + 1) // columns)
    figure = Figure(figsize=(12.5, 3.2 * rows), layout="constrained")
    axes = figure.subplots(rows, columns, squeeze=False).ravel()
    for ax, (name, made) in zip(axes, found.items(), strict=False):
        _panel(ax, name, made)
    axes[0].legend(frameon=False, fontsize=8, loc="upper left")
    _features(axes[len(found)], agreement)
    for ax in axes[len(found) + 1 :]:
        ax.set_axis_off()
    bare(*axes)
    figure.supylabel("predicted, in units of its spread", fontsize=10)
    return figure


def _panel(ax, name: str, made: StepAudit) -> None:
    """Scale each by its spread: the diagonal knows no lengths of score vectors."""
    actual = made.actual / made.actual.std()
    for color, label, values in [
        (COLORS[1], "diagonal", made.diagonal),
        (COLORS[0], "all products", made.first_order),
    ]:
        scaled = (values / values.std())[:SHOWN]
        ax.plot(actual[:SHOWN], scaled, ".", ms=4, color=color, label=label, alpha=0.7)
    ends = np.array([-2.5, 2.5])
    ax.plot(ends, ends, color="black", **THEORY)
    r2, signs = score(made.actual, made.diagonal)
    ax.set_title(f"{name}\ndiagonal: $R^2$ = {r2:.2f}, signs {signs:.0%}", fontsize=9)
    ax.set(xlim=(-3, 3), ylim=(-3, 3), xlabel="actual change / its spread")


def _features(ax, agreement: dict[int, float]) -> None:
    ax.plot(list(agreement), list(agreement.values()), "o-", color=COLORS[1], **STYLE)
    ax.set(
        xscale="log", xlabel="features of a linear softmax, K = 50", ylim=(0.5, 1.02)
    )
    ax.set_title("diagonal: share of right signs", fontsize=9)
