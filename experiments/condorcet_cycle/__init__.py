"""A cycle of tastes: slates of two spiral outward, slates of three settle."""

from __future__ import annotations

import itertools
import math
from pathlib import Path

import numpy as np

from experiments.base import Experiment
from experiments.common import holds, save
from experiments.condorcet_cycle.figure import draw
from retrain_sim.theory import limit, nash_bargaining, population_trajectory
from retrain_sim.verdicts import Verdict

CYCLE = np.array([[2.0, 1.0, 0.0], [0.0, 2.0, 1.0], [1.0, 0.0, 2.0]])
RANKED = np.array([[2.0, 1.0, 0.0], [2.0, 0.0, 1.0], [1.0, 0.0, 2.0]])
"""No cycle: the first outcome wins every vote of two."""

EQUAL = np.full(3, 1 / 3)
UNEQUAL = np.array([0.36, 0.34, 0.30])
START = np.array([0.4, 0.35, 0.25])
SLATES = (2, 3, 8, math.inf)
ROUNDS = {"smoke": 600, "default": 3000, "full": 30000}


def run(profile: str, folder: Path) -> list[Verdict]:
    """Follow equal and unequal voters at several slate sizes."""
    rounds = ROUNDS[profile]
    voters = {"equal": EQUAL, "unequal": UNEQUAL}
    paths = {
        (name, k): population_trajectory(START, CYCLE, weights, k, rounds)
        for name, weights in voters.items()
        for k in SLATES
    }
    verdicts = [_outward(name, paths[name, 2]) for name in voters]
    verdicts += [_unstable_center(), _never_reached()]
    verdicts += [_center(k, paths["equal", k]) for k in SLATES[1:]]
    verdicts += [_moves_with_k(), _ranked(rounds)]
    ends = {f"{name}, K = {k:g}": path[-1] for (name, k), path in paths.items()}
    return save(folder, draw(paths, _bargain(UNEQUAL)), verdicts, last_round=ends)


def _bargain(weights) -> np.ndarray:
    return nash_bargaining(CYCLE, weights).probs


def _outward(name: str, path) -> Verdict:
    """Compare the least share of later and later rounds."""
    ends = np.geomspace(len(path) / 16, len(path) - 1, 4).astype(int)
    least = [float(path[end // 2 : end].min()) for end in ends]
    shown = ", ".join(f"{m:.1e} by round {t}" for m, t in zip(least, ends, strict=True))
    falls = all(a > b for a, b in itertools.pairwise(least))
    turns = float(path[len(path) // 2 :].max(axis=0).min())
    subject = f"K = 2, {name} voters: spirals outward"
    return holds(subject, falls and turns > 1 / 3, f"least share {shown}")


def _unstable_center() -> Verdict:
    """Start next to the center, the maximal lottery: the distance must grow."""
    near = EQUAL + 1e-3 * np.array([1.0, -1.0, 0.0])
    away = [
        np.linalg.norm(population_trajectory(near, CYCLE, EQUAL, k, 200)[-1] - EQUAL)
        for k in (2, 3)
    ]
    grew = away[0] > 1.4e-3 * 1.05 and away[1] < 1e-6
    shown = f"from 1.4e-3 to {away[0]:.2e} at K = 2, {away[1]:.1e} at K = 3"
    return holds("the center repels at K = 2, attracts at K = 3", grew, shown)


def _never_reached() -> Verdict:
    end = limit(START, CYCLE, EQUAL, 2, max_rounds=2000)
    return holds("K = 2 has no limit", end.kind == "not_reached", end.kind)


def _center(slate_size: float, path) -> Verdict:
    gap = float(np.abs(path[-1] - EQUAL).max())
    subject = f"K = {slate_size:g}, equal voters: settles at 1/3 each"
    return holds(subject, gap < 1e-9, f"off by {gap:.1e}", gap)


def _moves_with_k() -> Verdict:
    """Compare the limits of unequal voters with the bargain, which they near."""
    bargain, sizes = _bargain(UNEQUAL), (3, 8, 64, 512)
    gaps = [
        float(np.abs(limit(START, CYCLE, UNEQUAL, k).probs - bargain).max())
        for k in sizes
    ]
    nears = all(a > b for a, b in itertools.pairwise(gaps))
    shown = ", ".join(f"{g:.1e} at K = {k}" for g, k in zip(gaps, sizes, strict=True))
    subject = "unequal voters: a limit that nears the bargain as K grows"
    return holds(subject, nears and gaps[0] > 0.01 > gaps[-1], f"off by {shown}")


def _ranked(rounds: int) -> Verdict:
    """Without a cycle, slates of two must not spiral: the winner takes all."""
    share = population_trajectory(START, RANKED, EQUAL, 2, min(rounds, 600))[-1, 0]
    subject = "control: without a cycle of tastes the winner takes all at K = 2"
    return holds(subject, share > 1 - 1e-9, f"1 - share = {1 - share:.1e}")


EXPERIMENT = Experiment(
    name="condorcet-cycle",
    claim="cyclic tastes spiral outward at K = 2 and settle at K >= 3",
    source="derived here, for the curation of Falahati et al., arXiv 2605.07724",
    minutes={"smoke": 0.1, "default": 0.2, "full": 0.5},
    expected="least share at K = 2 falls from round to round, K >= 3 ends at 1/3 each",
    run=run,
)
