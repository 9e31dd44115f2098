"""More outcomes than voters: finite slates keep them, infinite slates do not."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np

from experiments.base import Experiment
from experiments.common import holds, save
from experiments.many_atoms.figure import draw
from experiments.many_atoms.landscape import line, line_and_one, random_rewards
from retrain_sim.theory import (
    curation_multiplier,
    limit,
    nash_bargaining,
    population_trajectory,
)
from retrain_sim.theory.limits import Limit
from retrain_sim.verdicts import Verdict

TWO, THREE = np.array([0.5, 0.5]), np.array([0.33, 0.33, 0.34])
SLATES = (2, 3, 4, 8, 64, math.inf)
POSITIONS = 5
SURVIVES = 1e-3
LANDSCAPES = {"smoke": 50, "default": 1000, "full": 10000}
ROUNDS = {"smoke": 1000, "default": 3000, "full": 10000}
KICKS = 3


def run(profile: str, folder: Path) -> list[Verdict]:
    """Count survivors by slate size; shake the five of K = 3; count at K = inf."""
    rounds = ROUNDS[profile]
    five = _limit(line_and_one(POSITIONS), THREE, 3, ROUNDS["default"])
    four = _limit(line(POSITIONS), TWO, 3, rounds)
    by_slate = {k: _limit(line(POSITIONS), TWO, k, rounds) for k in SLATES}
    verdicts = [
        _more("3 voters, K = 3", five, 5),
        _more("2 voters, K = 3", four, 4),
        _balanced(five),
        _stable(five),
        *(_most(m, LANDSCAPES[profile]) for m in (2, 3)),
        _infinite(),
    ]
    shares = {k: end.probs for k, end in by_slate.items()}
    figure = draw(shares, five.probs)
    return save(folder, figure, verdicts, five=five.probs, by_slate=shares)


def _limit(rewards, weights, slate_size: float, rounds: int) -> Limit:
    n = rewards.shape[1]
    start = np.full(n, 1 / n)
    return limit(start, rewards, weights, slate_size, max_rounds=rounds)


def survivors(probs) -> int:
    """Count outcomes with more than a thousandth."""
    return int((probs > SURVIVES).sum())


def _more(name: str, end: Limit, least: int) -> Verdict:
    count = survivors(end.probs)
    shown = ", ".join(f"{p:.3f}" for p in end.probs) + f" ({end.kind})"
    subject = f"{name}: {least} outcomes coexist"
    return holds(subject, count == least and end.kind == "fixed_point", shown, count)


def _balanced(end: Limit) -> Verdict:
    """Ask that survivors grow by 1 and the lost shrink when rare."""
    growth = curation_multiplier(end.probs, line_and_one(POSITIONS), THREE, 3)
    stays = end.probs > SURVIVES
    off, lost = np.abs(growth[stays] - 1).max(), growth[~stays].max()
    subject = "the five are balanced, and what was lost cannot return"
    return holds(subject, off < 1e-8 and lost < 1, f"off by {off:.0e}, lost {lost:.3f}")


def _stable(end: Limit) -> Verdict:
    """Disturb the shares and follow the way back."""
    rng, worst = np.random.default_rng(0), 0.0
    for _ in range(KICKS):
        kicked = end.probs * np.exp(0.2 * rng.normal(size=end.probs.size))
        game = line_and_one(POSITIONS), THREE, 3
        path = population_trajectory(kicked / kicked.sum(), *game, 1500)
        before = np.abs(path[0] - end.probs).max()
        worst = max(worst, float(np.abs(path[-1] - end.probs).max() / before))
    shown = f"at most {worst:.0e} of a kick is left"
    return holds("the five are stable", worst < 1e-3, shown, worst)


def _most(voters: int, landscapes: int) -> Verdict:
    """Count the outcomes of bargains on random landscapes."""
    weights = np.full(voters, 1 / voters)
    counts = [
        nash_bargaining(random_rewards(seed, voters, 30), weights).support.size
        for seed in range(landscapes)
    ]
    subject = f"K = inf, {voters} voters: at most {voters} outcomes"
    shown = f"at most {max(counts)} on {landscapes} random landscapes"
    return holds(subject, max(counts) == voters, shown)


def _infinite() -> Verdict:
    """Apply the count of five to infinite slates, where it must fail."""
    count = nash_bargaining(line_and_one(POSITIONS), THREE).support.size
    subject = "control: K = inf does not keep the five"
    return holds(subject, count <= len(THREE), f"{count} outcomes are left", count)


EXPERIMENT = Experiment(
    name="many-atoms",
    claim="finite slates may keep more outcomes than voters, infinite slates at most M",
    source="derived here; at K = inf Lindsay 1983 on mixture likelihoods",
    minutes={"smoke": 0.2, "default": 0.4, "full": 2},
    expected="five outcomes at M = 3 and four at M = 2 if K = 3; at most M at K = inf",
    run=run,
)
