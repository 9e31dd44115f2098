"""Wrong synthetic labels help if verified well enough: a sharp threshold."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from matplotlib.figure import Figure

from experiments.base import Experiment
from experiments.common import bare, save
from experiments.primer.driver import curve
from experiments.primer.judging import more
from experiments.verification_threshold.labels import measure
from retrain_sim.dose.verification import verification_threshold
from retrain_sim.plotting import COLORS, THEORY
from retrain_sim.verdicts import Verdict

WRONG = (0.1, 0.3, 0.45, 0.55, 0.65, 0.72, 0.74, 0.76, 0.78, 0.85, 0.95)
VERIFIERS = ((1.0, 1.0), (0.9, 0.3), (1.0, 0.1))
"""Chances phi and psi to keep a right and a wrong label; the first keeps all."""
SEEDS = {"smoke": 20, "default": 60, "full": 300}


def judge(m: dict[str, np.ndarray]) -> list[Verdict]:
    """Judge, on both sides of each threshold, what is learned and whether it helps."""
    found = []
    for i, (phi, psi) in enumerate(VERIFIERS):
        limit = verification_threshold(phi, psi)
        below = max(k for k, p in enumerate(WRONG) if p < limit)
        name = f"phi {phi:g}, psi {psi:g}, p* = {limit:.3f}"
        for k, side in ((below, 1), (below + 1, -1)):
            made, both = m["made"][:, i, k], m["both"][:, i, k]
            half = np.full_like(made, 0.5)
            subject = f"{name}: p = {WRONG[k]:g} teaches the "
            pair = (made, half) if side > 0 else (half, made)
            found.append(more(subject + ("truth" if side > 0 else "opposite"), *pair))
            if side < 0:
                found.append(more(f"{name}: p = {WRONG[k]:g} harms", m["real"], both))
        found.append(
            more(
                f"{name}: p = {WRONG[below - 2]:g} helps",
                m["both"][:, i, below - 2],
                m["real"],
            )
        )
    return found


def draw(m: dict[str, np.ndarray]) -> Figure:
    """Draw accuracies against the share of wrong labels; thresholds dashed."""
    figure = Figure(figsize=(10, 4.2), layout="constrained")
    axes = figure.subplots(1, 2, sharey=True)
    for ax, name in zip(axes, ("made", "both"), strict=True):
        for i, (color, pair) in enumerate(zip(COLORS, VERIFIERS, strict=False)):
            label = "no verifier" if i == 0 else f"phi {pair[0]:g}, psi {pair[1]:g}"
            curve(ax, np.array(WRONG), m[name][:, i], color=color, label=label)
            ax.axvline(verification_threshold(*pair), color=color, **THEORY)
        ax.set(xlabel="p, share of wrong synthetic labels", ylim=(0, 1.02))
    axes[1].axhline(m["real"].mean(), color="0.5", lw=1, label="real alone")
    axes[0].set(ylabel="accuracy", title="20 000 synthetic rows, verified")
    axes[1].set_title("the same, beside 50 real rows")
    axes[1].legend(frameon=False, fontsize=9, loc="lower left")
    bare(*axes)
    return figure


def run(profile: str, folder: Path) -> list[Verdict]:
    """Measure, judge, draw."""
    m = measure(WRONG, VERIFIERS, SEEDS[profile])
    means = {name: values.mean(axis=0) for name, values in m.items()}
    return save(folder, draw(m), judge(m), wrong=WRONG, verifiers=VERIFIERS, **means)


EXPERIMENT = Experiment(
    name="verification-threshold",
    claim="wrong synthetic labels help a linear learner if a verifier keeps right ones "
    "more often than wrong ones by enough: p < p* = 1/(1 + psi/phi)",
    source="Y. Feng et al., ICLR 2025, arXiv 2406.07515",
    minutes={"smoke": 0.2, "default": 0.5, "full": 2},
    expected="thresholds 0.5, 0.75 and 0.909; at phi 0.9, psi 0.3: accuracy 0.967, "
    "0.87, 0.69 at p = 0.65, 0.72, 0.74 and 0.36, 0.14 at 0.76, 0.78 (Bayes 0.977)",
    run=run,
)
