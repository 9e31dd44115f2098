"""What should hold of the mass in the ball, and of the modes."""

from __future__ import annotations

import numpy as np

from experiments.common import holds
from experiments.compare import judge_order, judge_trend, values_of
from experiments.curated_planes.theory import Plane
from experiments.planes import follows, predicted
from retrain_sim.predictions.effects import effects_of
from retrain_sim.result import Result
from retrain_sim.theory import hard_separation_mass
from retrain_sim.verdicts import FAIL, Verdict

BALL, MODES = "optimal/ball", "collapse/class_entropy"
UNCURATED, MIXED, CURATED = ARMS = ("no curation", "half real", "curated only")
SHARES = {MIXED: 0.5, CURATED: 0.0}
"""Arm that curates -> its real share."""

TOLERANCE = 0.1
"""Of masses: 2^t (7/8)^(2^t - 1) multiplies an error of 0.03 in p_0 by up to 3.1."""
NEAR = 0.02
"""Of masses: what is outside is not infinitely worse, and the ball cuts its mode."""

LADDER = (0.125, 0.234, 0.414, 0.656, 0.882, 0.986)
"""1 - (7/8)^(2^t): one mode of eight, infinitely better, pairs."""


def judge_loops(at: str, result: Result) -> list[Verdict]:
    """Judge the loops of one model on one data set."""
    return [
        *(mass(at, result, arm) for arm in SHARES),
        judge_trend(f"{at}: entropy of the places", result, MODES, "falls", (CURATED,)),
        judge_order(f"{at}: entropy of the places", result, MODES, (CURATED, MIXED)),
    ]


def mass(at: str, result: Result, arm: str) -> Verdict:
    """Compare the mass in the ball at the end with the exact map on samples of p_0."""
    values, law = values_of(result, BALL, arm), predicted(result, BALL, arm)
    found = follows(f"{at}: {arm}", values[:, -1:], law[-1:], TOLERANCE)
    shown = f"{values[:, -1].mean():.3f}, exact map {law[-1]:.3f}"
    subject = f"{at}: mass in the ball at the end, {arm}"
    return found._replace(subject=subject, reason=shown)


def worst_gap(result: Result, arm: str) -> float:
    """Return the gap to the exact map in the round where it is greatest."""
    gaps = values_of(result, BALL, arm).mean(axis=0) - predicted(result, BALL, arm)
    return float(gaps[np.abs(gaps).argmax()])


def ladder(plane: Plane) -> list[Verdict]:
    """Compare the exact map on the true density with hard separation."""
    law = hard_separation_mass(1 / 8, 2, len(LADDER) - 1)
    found = plane.mass(len(LADDER) - 1)
    shown = ", ".join(f"{mass:.3f}" for mass in found)
    gap = float(np.abs(found - law).max())
    end, root = float(plane.end(0.5) @ plane.best), (1 / 8) ** 0.5
    return [
        holds(
            "true density: mass as if the rest were infinitely worse",
            gap < NEAR,
            f"{shown}; off by {gap:.3f}",
            gap,
        ),
        holds(
            "true density, half real: mass ends at the square root of 1/8",
            abs(end - root) < NEAR,
            f"{end:.3f}, root {root:.3f}",
            end - root,
        ),
    ]


def control(results: dict[tuple[str, str], Result]) -> list[Verdict]:
    """Ask of every loop what is true of another: none may agree."""
    loops = results.values()
    laws = sum(_follows_half_real(result) for result in loops)
    falls = sum(_loses_places(result) for result in loops)
    shown = f"{{}} of {len(results)} loops"
    return [
        holds(
            "control: curated only does not follow the map of half real data",
            laws == 0,
            shown.format(laws),
        ),
        holds(
            "control: without curation at least half the places are left",
            falls == 0,
            shown.format(falls),
        ),
    ]


def _follows_half_real(result: Result) -> bool:
    law = predicted(result, BALL, MIXED)
    found = follows("", values_of(result, BALL, CURATED), law, TOLERANCE)
    return found.verdict != FAIL


def _loses_places(result: Result) -> bool:
    """Tell whether the entropy ends below that of half of the eight places."""
    return bool(values_of(result, MODES, UNCURATED)[:, -1].min() < np.log(4))


def causes(result: Result) -> dict[str, dict[str, float]]:
    """Split what every arm lost of its entropy by selection, slates, drift, model."""
    found = {
        arm: effects_of(result.history, result.prediction, MODES, arm) for arm in ARMS
    }
    return {arm: {e.cause: e.loss for e in effects} for arm, effects in found.items()}
