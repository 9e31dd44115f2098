"""Errors by token probability, and entropy under errors put in on purpose."""

from __future__ import annotations

import numpy as np
from matplotlib.figure import Figure

from experiments.common import bare
from experiments.compare import draw_path
from experiments.random_reward import ON_POLICY
from experiments.rounded_ratios.causal import BASE
from experiments.rounded_ratios.judge import Table
from experiments.rounded_ratios.mechanism import BINS, STAGES
from retrain_sim.plotting import COLORS, STYLE, THEORY
from retrain_sim.policy.theory import float_spacing

SHOWN = (
    ON_POLICY,
    "bias -0.005",
    BASE,
    "bfloat16 log-softmax",
    "noise 5 %",
    "bias 0.002",
    "bias 0.005, clip only",
    "bias 0.005",
)
"""Arms in the right panel, from the highest entropy down."""


def draw(found: Table, entropy: dict[str, np.ndarray]) -> Figure:
    """Draw the mechanism at the left, the causal test at the right."""
    figure = Figure(figsize=(11, 4.4), layout="constrained")
    left, right = figure.subplots(1, 2)
    _stages(left, found)
    for color, name in zip(COLORS, SHOWN, strict=False):
        draw_path(right, entropy[name], color=color, label=name)
    right.set(xlabel="round", ylabel="entropy, nats", xlim=(0, None))
    right.set_title("errors put into the ratio; random rewards, DAPO", fontsize=10)
    right.legend(frameon=False, fontsize=8, loc="lower left")
    bare(left, right)
    return figure


def _stages(ax, found: Table) -> None:
    edges = np.array(BINS)
    middle = np.sqrt(np.maximum(edges[:-1], 2.0) * edges[1:])
    for color, stage in zip(COLORS, STAGES, strict=False):
        coarse, fine = (found[stage, f].by_bin for f in ("bfloat16", "float16"))
        mark = "x-" if stage == "sampler" else "o-"  # it lies on the log-softmax
        ax.plot(middle, coarse, mark, color=color, label=stage, **STYLE)
        ax.plot(middle, fine, "s:", color=color, ms=4, lw=1.2)
    x = np.geomspace(2, 32, 200, endpoint=False)
    for name in ("bfloat16", "float16"):
        ax.plot(x, float_spacing(x, name) / np.sqrt(12), color="black", **THEORY)
    ax.set_xscale("log", base=2)
    ax.set(yscale="log", xlabel=r"$-\log \pi$ of the token, nats")
    ax.set_xticks([2, 4, 8, 16, 32], ["2", "4", "8", "16", "32"])
    ax.set_ylabel("deviation of the log ratio's error")
    ax.set_title("solid bfloat16, dotted float16, dashed spacing/√12", fontsize=10)
    ax.legend(frameon=False, fontsize=8, loc="upper left", ncols=2)
    ax.set_ylim(1e-4, 0.4)
