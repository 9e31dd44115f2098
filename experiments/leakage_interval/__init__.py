"""The leakage interval: where basin masses end, and when nothing is promised."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np

from experiments.base import Experiment
from experiments.common import save
from experiments.leakage_interval import judge
from experiments.leakage_interval.figure import draw
from experiments.leakage_interval.landscapes import (
    EPS,
    outcome,
    quadratic,
    random_landscape,
)
from retrain_sim.verdicts import Verdict

DISTANCES = {"smoke": (2.0, 4.0), "default": (1.6, 2.0, 2.5, 3.0, 4.0, 6.0)}
WEIGHTS = (0.1, 0.2, 0.25, 0.3, 0.4, 0.5, 0.6, 0.7, 0.75, 0.8, 0.9)
LANDSCAPES = {"smoke": 60, "default": 400, "full": 5000}
GRID_EPS = 0.1


def run(profile: str, folder: Path) -> list[Verdict]:
    """Solve every landscape at K = inf, audit it, and look for a in the interval."""
    distances = DISTANCES.get(profile, DISTANCES["default"])
    grid = {d: [quadratic(d, q, GRID_EPS) for q in WEIGHTS] for d in distances}
    bumpy = [
        outcome(*random_landscape(seed), EPS) for seed in range(LANDSCAPES[profile])
    ]
    flat = [one for row in grid.values() for one in row]
    gaps, shorts = np.linspace(0.3, 5, 24), np.linspace(0.05, 2.6, 26)
    verdicts = [
        judge.inside("quadratic grid", flat),
        judge.inside("random landscapes", bumpy),
        judge.sharper([*flat, *bumpy]),
        judge.domination([*flat, *bumpy]),
        judge.assumptions_miss(bumpy),
        judge.counterexample(gaps, shorts, math.inf),
        judge.counterexample(gaps, shorts, 2),
        judge.everything(),
        judge.too_sharp([*flat, *bumpy]),
        judge.one_voter(),
        judge.identical(),
        judge.below_leakage(),
    ]
    table = {d: [one._asdict() for one in row] for d, row in grid.items()}
    return save(folder, draw(grid, bumpy), verdicts, grid=table)


EXPERIMENT = Experiment(
    name="leakage-interval",
    claim="with disjoint basins and little leakage, a ends in an interval around q",
    source="Falahati et al., ICML 2026, arXiv 2605.07724, Lemma 3.5 and its Table 3",
    minutes={"smoke": 0.1, "default": 0.5, "full": 4},
    expected="inside wherever the assumptions hold and nothing stays outside",
    run=run,
)
