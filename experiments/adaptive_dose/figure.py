"""Error of the mean by round, one panel without and one with a bias."""

from __future__ import annotations

import numpy as np
from matplotlib.figure import Figure

from experiments.adaptive_dose.judge import best, exact
from experiments.common import bare
from experiments.compare import draw_path
from retrain_sim.plotting import COLORS, THEORY


def draw(found, shares, shifts) -> Figure:
    """Draw every fixed share thin, the adaptive one thick, theory dashed."""
    figure = Figure(figsize=(10.5, 4.4), layout="constrained")
    axes = figure.subplots(1, len(shifts), sharey=True)
    for ax, shift in zip(axes, shifts, strict=True):
        fixed = found[f"fixed, bias {shift}"]["error"]
        for color, share, paths in zip(COLORS[1:], shares, fixed, strict=True):
            law = exact(share, paths.shape[1] - 1) if shift == 0 else None
            draw_path(
                ax, paths, law, color=color, label=f"share {share:g}", linewidth=1
            )
        for arm, line in (("adaptive", "-"), ("trusting", ":")):
            paths = found[f"{arm}, bias {shift}"]["error"][0]
            draw_path(ax, paths, color=COLORS[0], ls=line, linewidth=2.6, label=arm)
        if shift == 0:
            rounds = np.arange(paths.shape[1])
            ax.plot(rounds, best(rounds[-1]), color="black", **THEORY)
        ax.set(title=f"bias of the generator {shift:g} sd", yscale="log")
    axes[0].set_ylabel("squared error of the mean, per coordinate")
    axes[0].legend(frameon=False, fontsize=9, ncols=2, loc="upper left")
    figure.suptitle("20 new real samples and 1000 of the model a round; dashed: theory")
    bare(*axes)
    return figure
