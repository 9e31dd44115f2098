"""The jump and the hysteresis, and why: the growth of outcomes among a consensus."""

from __future__ import annotations

import numpy as np
from matplotlib.figure import Figure

from experiments.common import bare
from experiments.triangle.landscape import growth, three_camps
from retrain_sim.plotting import COLORS, STYLE, THEORY
from retrain_sim.theory import triangle_transition


def draw(radii, wide, narrow) -> Figure:
    """Draw the radius of the limit by circumradius, and growth towards a corner."""
    figure = Figure(figsize=(10, 4.1), layout="constrained")
    left, right = figure.subplots(1, 2)
    law = triangle_transition()
    left.plot(radii, wide, "o", ms=3.5, color=COLORS[1], label="any outcome possible")
    for color, (reach, values) in zip(
        (COLORS[0], COLORS[2]), narrow.items(), strict=True
    ):
        label = f"only within {reach:g} of the center"
        left.plot(radii, values, "s", ms=3.5, color=color, label=label)
    far = radii[radii >= law.circumradius]
    left.plot(far, [three_camps(rho) for rho in far], color="black", **THEORY)
    for rho in (law.circumradius, law.stable_until):
        left.axvline(rho, color="0.6", lw=1)
        left.annotate(f" {rho:.5g}", (rho, 0.9), color="0.3", fontsize=9)
    left.set(xlabel=r"circumradius of the optima, in $\sqrt{\tau}$", ylim=(-0.03, 0.95))
    left.set(ylabel="distance of the outcomes from the center")
    left.legend(frameon=False, loc=(0.0, 0.35), fontsize=9)
    y = np.linspace(0, 0.8, 300)
    for color, rho in zip(COLORS, (0.92, law.circumradius, 0.98, 1.02), strict=False):
        right.plot(y, growth(rho, y), color=color, label=f"{rho:.4g}", **STYLE)
    right.axhline(1, color="black", **THEORY)
    right.set(ylim=(0.94, 1.06), xlabel="distance from the center, towards a corner")
    right.set(ylabel="growth among a consensus")
    right.legend(frameon=False, title="circumradius", fontsize=9)
    bare(left, right)
    return figure
