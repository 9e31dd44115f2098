"""Two types, two voters: fixed points against the voter weight, by slate size."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np

from experiments.base import Experiment
from experiments.common import save
from experiments.slate_bifurcation import judge
from experiments.slate_bifurcation.branch import branch
from experiments.slate_bifurcation.figure import draw
from retrain_sim.verdicts import Verdict

SLATES = (2, 3, 4, 8, 64, math.inf)
LEAKAGES = (0.0, math.exp(-2.0))
POINTS = {"smoke": 201, "default": 2001, "full": 20001}
CHECKED = {"smoke": (0.3, 0.5), "default": (0.1, 0.2, 0.3, 0.4, 0.5, 0.7, 0.9)}


def run(profile: str, folder: Path) -> list[Verdict]:
    """Trace every branch; compare ends, shape and iterated rounds with theory."""
    a = np.linspace(0.0, 1.0, POINTS[profile] + 1)[1:-1]
    branches = {(k, u): branch(a, k, u) for u in LEAKAGES for k in SLATES}
    checked = CHECKED.get(profile, CHECKED["default"])
    verdicts = [
        *(judge.ends(SLATES[1:], u) for u in LEAKAGES),
        judge.monotone(branches),
        judge.iterated(SLATES[1:], LEAKAGES, checked),
        judge.line_of_three(a),
        *(judge.infinite(a, u) for u in LEAKAGES),
        judge.slates_of_two(branches[2, 0.0]),
        judge.large_slates_law(),
        judge.thresholds_of_hard_separation(),
    ]
    curves = {f"K = {k:g}, leakage {u:.3f}": q for (k, u), q in branches.items()}
    return save(folder, draw(a, branches), verdicts, share=a, weight=curves)


EXPERIMENT = Experiment(
    name="slate-bifurcation",
    claim="the minority survives iff its weight exceeds 1/K, and gets less than q",
    source="derived here, for the curation of Falahati et al., arXiv 2605.07724",
    minutes={"smoke": 0.1, "default": 0.2, "full": 0.3},
    expected="thresholds 1/3, 1/4, 1/8, 1/64, 0 under hard separation; a = 3q - 1 at "
    "K = 3; with leakage e^-2, 0.373, 0.310, 0.214, 0.131, 0.119",
    run=run,
)
