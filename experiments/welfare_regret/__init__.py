"""Welfare regret of infinite slates: bounded by one divergence, whatever the rounds."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from experiments.base import Experiment
from experiments.common import holds, save
from experiments.welfare_regret.figure import draw
from experiments.welfare_regret.landscapes import Regret, follow, plane, random_game
from retrain_sim.theory import population_trajectory, welfare
from retrain_sim.verdicts import Verdict

LANDSCAPES = {"smoke": 40, "default": 300, "full": 5000}
ROUNDS = 200
CELLS = {"smoke": 41, "default": 81, "full": 161}
ROUNDING = 1e-11


def run(profile: str, folder: Path) -> list[Verdict]:
    """Follow random landscapes and smooth ones in one and two dimensions."""
    games = [random_game(seed) for seed in range(LANDSCAPES[profile])]
    found = [follow(*game, ROUNDS) for game in games]
    smooth = {d: follow(*plane(CELLS[profile], d), 100) for d in (1, 2)}
    verdicts = [
        _sum(found),
        _last(found),
        _monotone(found),
        _certificate(found),
        *(_rate(d, one) for d, one in smooth.items()),
        _half(found),
        _finite_slates(games[:40]),
    ]
    spent = [one.missing.sum() / one.divergence for one in found]
    return save(folder, draw(found, smooth), verdicts, regret_over_bound=spent)


def _sum(found: list[Regret]) -> Verdict:
    spent = [one.missing.sum() / one.divergence for one in found]
    subject = "sum of welfare regrets <= KL(p* || p_0)"
    shown = f"greatest ratio {max(spent):.3f} on {len(found)} landscapes"
    return holds(subject, max(spent) <= 1 + ROUNDING, shown, max(spent))


def _last(found: list[Regret]) -> Verdict:
    ratios = [
        (one.missing[1:] * np.arange(1, ROUNDS + 1)).max() / one.divergence
        for one in found
    ]
    subject = "regret after T rounds <= KL / T, every T"
    return holds(subject, max(ratios) <= 1, f"greatest ratio {max(ratios):.3f}")


def _monotone(found: list[Regret]) -> Verdict:
    worst = max(float(np.diff(one.missing).max()) for one in found)
    subject = "welfare never falls"
    return holds(subject, worst < ROUNDING, f"greatest fall {max(worst, 0):.0e}")


def _certificate(found: list[Regret]) -> Verdict:
    short = min(float((one.gap - one.missing).min()) for one in found)
    subject = "certificate >= regret, every round"
    return holds(subject, short > -ROUNDING, f"least margin {short:.0e}")


def _rate(dimensions: int, one: Regret) -> Verdict:
    rounds = len(one.missing) - 1
    value = 2 * rounds * float(one.missing[-1])
    subject = f"smooth optimum in {dimensions} dimension(s): regret = d / (2 t)"
    near = abs(value / dimensions - 1) < 0.1
    return holds(subject, near, f"2 t regret = {value:.3f} at t = {rounds}", value)


def _half(found: list[Regret]) -> Verdict:
    above = sum(one.missing.sum() > one.divergence / 2 for one in found)
    subject = "control: half of the bound is not a bound"
    return holds(subject, above > 0, f"{above} of {len(found)} landscapes above it")


def _finite_slates(games) -> Verdict:
    """Look for rounds of slates of two that lower the welfare."""
    falls = 0
    for probs, rewards, weights in games:
        path = population_trajectory(probs, rewards, weights, 2, 30)
        falls += bool((np.diff(welfare(path, rewards, weights)) < -1e-6).any())
    subject = "control: at K = 2 welfare may fall"
    return holds(subject, falls > 0, f"it falls on {falls} of {len(games)} landscapes")


EXPERIMENT = Experiment(
    name="welfare-regret",
    claim="infinite slates miss at most KL(p*||p_0) of welfare, summed over all rounds",
    source="derived here; EM as alternating minimization, Csiszar and Tusnady 1984",
    minutes={"smoke": 0.1, "default": 0.3, "full": 3},
    expected="no landscape above the bound; d / (2 t) at a smooth optimum",
    run=run,
)
