"""Consensus or pluralism: distance of two optima x voter weight x slate size."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np

from experiments.base import Experiment
from experiments.common import save
from experiments.phase_diagram import judge
from experiments.phase_diagram.figure import draw
from experiments.phase_diagram.landscape import settle
from retrain_sim.verdicts import Verdict

SLATES = (2, 3, 4, 8, 64, math.inf)
FARTHEST = 4.0
SIZES = {
    "smoke": {"distances": 5, "weights": 5, "rounds": 300},
    "default": {"distances": 18, "weights": 10, "rounds": 300},
    "full": {"distances": 48, "weights": 24, "rounds": 1000},
}


def run(profile: str, folder: Path) -> list[Verdict]:
    """Compute where rounds end on a grid of settings; compare with the boundaries."""
    size = SIZES[profile]
    distances = np.linspace(0.6, FARTHEST, size["distances"])
    weights = np.linspace(0.02, 0.5, size["weights"])
    ends = settle(distances, weights, SLATES, size["rounds"])
    grid = judge.Grid(distances, weights, SLATES, size["rounds"], ends)
    verdicts = [
        judge.closed_form(grid),
        *(judge.consensus(grid, i) for i in range(len(SLATES) - 1)),
        *(judge.camps(grid, i) for i in (1, 2, 3)),
        judge.neighbors(),
        judge.distant_first(),
        judge.slates_of_two(),
        judge.wrong_boundary(grid),
    ]
    figure = draw(distances, weights, SLATES, ends.spread)
    numbers = {"distances": distances, "weights": weights, "slate_sizes": SLATES}
    return save(folder, figure, verdicts, **numbers, **ends._asdict())


EXPERIMENT = Experiment(
    name="phase-diagram",
    claim="distance, weight and slate size decide between consensus and pluralism",
    source="derived here, on the landscape of Falahati et al., arXiv 2605.07724",
    minutes={"smoke": 0.3, "default": 0.7, "full": 15},
    expected="equal voters part at distance 2.31, 1.99, 1.63, 1.44, 1.41 for "
    "K = 3, 4, 8, 64, inf; never at K = 2",
    run=run,
)
