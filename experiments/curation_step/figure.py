"""Entropy change against the strength of curation, and what theory says."""

from __future__ import annotations

import numpy as np
from matplotlib.figure import Figure

from experiments.common import bare
from experiments.curation_step.judge import ACCEPTED, Case
from retrain_sim.plotting import COLORS, STYLE, THEORY
from retrain_sim.policy.theory import curated_entropy_change, natural_entropy_change
from retrain_sim.verdicts import standard_error


def draw(cases: dict[str, Case]) -> Figure:
    """Draw the change by strength at the left, predicted against exact at the right."""
    figure = Figure(figsize=(9.6, 4.0), layout="constrained")
    left, right = figure.subplots(1, 2)
    _by_strength(left, cases)
    _by_prediction(right, cases)
    bare(left, right)
    return figure


def _by_strength(ax, cases):
    case = cases["1"]
    score, strengths = np.log(case.weights), np.linspace(0, 2.2, 60)
    exact = [curated_entropy_change(case.probs, np.exp(e * score)) for e in strengths]
    first = strengths * natural_entropy_change(case.probs, score)
    ax.plot(strengths, exact, color=COLORS[0], label="exact", **STYLE)
    ax.plot(strengths, first, color="black", label="-Cov(log w, log p)", **THEORY)
    smooth = [case for case in cases.values() if case.name != ACCEPTED]
    x = [float(case.name) for case in smooth]
    y = [case.measured.mean() - case.drift for case in smooth]
    error = [4 * standard_error(case.measured) for case in smooth]
    ax.errorbar(x, y, error, fmt="o", color=COLORS[1], label="the loop, drift removed")
    ax.set(xlabel="strength of curation", ylabel="change of entropy, nats")
    ax.legend(frameon=False, fontsize=9)


def _by_prediction(ax, cases):
    ends = np.array([[case.predicted, case.exact] for case in cases.values()])
    low, high = ends.min() - 0.1, ends.max() + 0.1
    ax.plot([low, high], [low, high], color="black", **THEORY)
    for color, (case, at) in zip(
        COLORS[1:], zip(cases.values(), ends, strict=True), strict=False
    ):
        label = f"strength {case.name}" if case.name != ACCEPTED else case.name
        ax.plot(*at, "o", color=color, label=label)
    ax.set(xlabel="predicted to first order, nats", ylabel="exact, nats")
    ax.legend(frameon=False, fontsize=9)
