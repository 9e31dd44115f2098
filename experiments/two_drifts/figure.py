"""Two losses of entropy on one clock."""

from __future__ import annotations

import math

import numpy as np
from matplotlib.figure import Figure

from experiments.common import bare
from experiments.two_drifts.judge import PER_GENERATION, PER_STEP, K
from experiments.two_drifts.random_reward import Paths
from retrain_sim.plotting import COLORS, STYLE, THEORY
from retrain_sim.verdicts import standard_error


def draw(resampled: np.ndarray, law: np.ndarray, rewarded: Paths) -> Figure:
    """Draw entropy by drift time at the left, the rate of loss at the right."""
    figure = Figure(figsize=(10, 4.2), layout="constrained")
    left, right = figure.subplots(1, 2)
    models = np.arange(resampled.shape[1]) * PER_GENERATION
    policies = rewarded.rounds * PER_STEP
    _band(left, models, resampled, COLORS[0], "model refitted to own samples")
    _band(left, policies, rewarded.entropy, COLORS[1], "policy, random rewards")
    left.plot(models, law, color="black", label="theory", **THEORY)
    expected = rewarded.predicted.mean(axis=0)
    left.plot(policies, expected, color="black", **THEORY)
    error = _margin(rewarded.entropy - rewarded.predicted)  # it follows single paths
    left.fill_between(
        policies, expected - error, expected + error, color="0.88", lw=0, zorder=0
    )
    start = np.array([0, 0.12])
    left.plot(start, math.log(K) - (K - 1) / 2 * start, color="0.5", lw=1)
    left.annotate("slope -(K - 1)/2", (0.12, math.log(K) - 1.98), color="0.4")
    left.set(xlabel="drift time", ylabel="entropy, nats", ylim=(0, math.log(K) + 0.1))
    left.legend(frameon=False, fontsize=9)
    _rate(right, models, resampled, COLORS[0])
    _rate(right, policies, rewarded.entropy, COLORS[1])
    right.axhline((K - 1) / 2, color="0.5", lw=1)
    right.annotate("(K - 1)/2", (0.9, (K - 1) / 2 + 0.4), color="0.4")
    right.set(xlabel="entropy, nats", ylabel="entropy lost per drift time")
    right.set(xlim=(math.log(K) + 0.1, 0.4), ylim=(0, None))
    bare(left, right)
    return figure


def _band(ax, x, values, color, label):
    mean = values.mean(axis=0)
    margin = _margin(values)
    ax.plot(x, mean, color=color, label=label, **STYLE)
    ax.fill_between(x, mean - margin, mean + margin, color=color, alpha=0.25, lw=0)


def _margin(values: np.ndarray) -> np.ndarray:
    """Return 4 standard errors of the mean over seeds, by column."""
    return 4 * np.array([standard_error(column) for column in values.T])


def _rate(ax, x, values, color, n_bins=16):
    """Average the loss over bins of drift time: single steps are noise."""
    mean = values.mean(axis=0)
    last = int(np.argmax(mean < 0.5)) or len(x) - 1
    at = np.linspace(0, last, n_bins + 1).astype(int)
    rate = -np.diff(mean[at]) / np.diff(x[at])
    ax.plot((mean[at][1:] + mean[at][:-1]) / 2, rate, "o-", color=color, ms=4)
