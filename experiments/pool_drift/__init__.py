"""Drift with 20 to 2 500 kept samples: what it does to camps, and inside them."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np

from experiments.base import Experiment
from experiments.common import save
from experiments.pool_drift import judge
from experiments.pool_drift.chains import lost_by_round, spread
from experiments.pool_drift.figure import draw
from experiments.pool_drift.within import diversity, law
from retrain_sim.verdicts import Verdict

KEPT = {"smoke": (20, 75), "default": (20, 75, 500, 2500), "full": (20, 75, 500, 2500)}
SEEDS = {"smoke": 200, "default": 400, "full": 10000}
GAPS = {
    "smoke": (0.0, 1.0, 5.0),
    "default": (0.0, 0.1, 0.25, 0.5, 0.75, 1.0, 1.5, 2.0, 5.0),
}
WITHIN_ROUNDS = 60
POOL = 1500
LARGE = 500
"""Above this many kept samples no camp is ever lost, whatever the gap."""


def run(profile: str, folder: Path) -> list[Verdict]:
    """Solve the chains of every size, simulate the rest, judge both."""
    sizes, seeds = KEPT[profile], SEEDS[profile]
    gaps = GAPS.get(profile, GAPS["default"])
    lost = {n: _lost(n, gaps) for n in sizes}
    spreads = {n: spread(n, 1.0, judge.SLATE) for n in sizes}
    inside = {n: diversity(n, WITHIN_ROUNDS, seeds) for n in sizes}
    laws = {n: law(n, WITHIN_ROUNDS) for n in sizes}
    kept = judge.KEPT
    verdicts = [
        judge.afresh(),
        judge.fixes(),
        judge.linear(spreads),
        judge.pool(spread(kept, 1.0, math.inf, POOL)),
        judge.simulated(1.0, seeds),
        judge.simulated(0.25, seeds),
        judge.no_loss({g: p for g, p in lost[kept].items() if g >= 1}),
        *(judge.within(n, inside[n], laws[n]) for n in sizes),
        judge.neutral(spread(kept, 0.1, judge.SLATE)),
        judge.wrong_rate(kept, inside[kept], WITHIN_ROUNDS),
    ]
    means = {n: np.mean(values, axis=0) for n, values in inside.items()}
    figure = draw(lost, spreads, inside, laws)
    table = {n: row._asdict() for n, row in spreads.items()}
    return save(folder, figure, verdicts, lost=lost, spread=table, diversity=means)


def _lost(n_kept: int, gaps: tuple[float, ...]) -> dict[float, float]:
    gaps = gaps if n_kept <= LARGE else gaps[:1]
    rounds = judge.ROUNDS
    return {g: lost_by_round(n_kept, g, judge.SLATE, rounds)[-1] for g in gaps}


EXPERIMENT = Experiment(
    name="pool-drift",
    claim="few kept samples wear out the inside of camps, not the camps themselves",
    source="derived here, about a public reproduction of arXiv 2605.07724",
    minutes={"smoke": 0.1, "default": 0.5, "full": 2},
    expected="75 kept, K = 256: a camp lost in 25 rounds with chance 2e-6 at gap 1, "
    "0.05 without any reward; diversity inside a camp halves in 25 rounds",
    run=run,
)
