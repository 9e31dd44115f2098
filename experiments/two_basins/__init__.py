"""Two quadratic rewards: basin masses by round, beside both bargaining predictions."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from experiments.base import Experiment
from experiments.common import save
from experiments.two_basins import judge
from experiments.two_basins.figure import draw
from experiments.two_basins.landscape import Run, compute
from retrain_sim.verdicts import Verdict

ALL = (1, 2, 3, 4, 5, 6, 8)
DISTANCES = {"smoke": (1, 2, 5), "default": ALL, "full": ALL}
ROUNDS = {"smoke": 100, "default": 300, "full": 3000}
WEIGHTS = np.linspace(0.1, 0.9, 9).round(1)
CELLS = 4001
OTHER_CELLS = {"smoke": (8001,), "default": (2001, 8001), "full": (2001, 8001)}


def run(profile: str, folder: Path) -> list[Verdict]:
    """Follow K = inf from a uniform start on [-12, 12]; compare with exact limits."""
    sizes = sorted([CELLS, *OTHER_CELLS[profile]])
    grids = {n: _grid(profile, n) for n in sizes}
    runs = grids[CELLS]
    verdicts = [
        judge.welfare_rises(runs),
        judge.solver(runs),
        judge.approaches(runs),
        judge.compromise(runs[0]),
        judge.meaningless(runs[0]),
        *(judge.bargain(one) for one in runs[1:]),
        judge.refinement(grids),
        *(judge.published(one) for one in runs if one.distance in judge.PUBLISHED),
        judge.one_voter(),
        judge.small_slates(),
    ]
    return save(folder, draw(runs), verdicts, table=[_row(one) for one in runs])


def _grid(profile: str, cells: int) -> list[Run]:
    """Run all distances; other grids than the main one for a few rounds only."""
    rounds = ROUNDS[profile] if cells == CELLS else 30
    return [compute(d, WEIGHTS, cells, rounds) for d in DISTANCES[profile]]


def _row(one: Run) -> dict:
    last = {"share": one.share[:, -1], "outside": one.outside[:, -1]}
    predicted = {"paper": one.weights, "bargain": one.nash, "exact": one.exact}
    errors = {name: one.error(value)[-1] for name, value in predicted.items()}
    gaps = {"gap": one.gap, "nash_gap": one.nash_gap}
    return {"distance": one.distance, **last, **predicted, "errors": errors, **gaps}


EXPERIMENT = Experiment(
    name="two-basins",
    claim="two basins end near a = q; the exact bargain says how near, and where not",
    source="Falahati et al., ICML 2026, arXiv 2605.07724, two-basin dynamics",
    minutes={"smoke": 0.1, "default": 0.6, "full": 5},
    expected="mean (a - q)^2 = 1.4e-4, 4.3e-9, 6e-23 at D = 2, 3, 5; "
    "no limit at D = 1, where one compromise is left",
    run=run,
)
