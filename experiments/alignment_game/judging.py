"""Who is satisfied at the end of a game."""

from __future__ import annotations

import numpy as np

from experiments.alignment_game.game import DRAWS
from retrain_sim.verdicts import (
    FAIL,
    PASS,
    STANDARD_ERRORS,
    Verdict,
    standard_error,
)

CASES = {"perfect": 0.0, "partial": 1.5, "disjoint": 3.0}
"""Distance of the public's disc from the owner's."""

DISJOINT = CASES["disjoint"]
SIDES = ("owner", "public")

LAST = 20
"""The end is the mean over this many rounds: one round's picks are noisy."""

SOFTMAX, SLATES, _ = DRAWS


def distances(picks: np.ndarray, center: float) -> np.ndarray:
    """Return the distance of picks ``[..., d]`` to a disc's center."""
    return np.linalg.norm(picks - np.array([center, 0.0]), axis=-1)


def satisfaction(picks: np.ndarray, center: float) -> np.ndarray:
    """Return the mean distance and the share inside a disc, at the end ``[2, s]``."""
    last = distances(picks[:, -LAST:], center)
    return np.stack([last.mean(axis=(1, 2)), (last <= 1).mean(axis=(1, 2))])


def judge(games: dict[str, dict[str, np.ndarray]]) -> list[Verdict]:
    """Judge who is nearer in the disjoint case, and who is content elsewhere."""
    verdicts = []
    for name, winner in ((SOFTMAX, 0), (SLATES, 1)):
        off = [satisfaction(games["disjoint"][name], at)[0] for at in (0.0, DISJOINT)]
        subject = f"disjoint, {name}: nearer to the {SIDES[winner]}"
        verdicts.append(above(subject, off[1 - winner] - off[winner], 0))
    verdicts.append(content("disjoint", games, SOFTMAX, 0))
    for case in [case for case in games if case != "disjoint"]:
        verdicts += [content(case, games, SOFTMAX, side) for side in (0, 1)]
    return verdicts


def content(case: str, games: dict, draw: str, side: int) -> Verdict:
    """Judge whether most picks at the end lie inside a side's disc."""
    shares = satisfaction(games[case][draw], (0.0, CASES[case])[side])[1]
    subject = f"{case}, {draw}: most picks in the {SIDES[side]}'s disc"
    return above(subject, shares, 0.5)


def above(subject: str, values: np.ndarray, bound: float) -> Verdict:
    """Judge whether the mean over seeds exceeds a bound by 4 standard errors."""
    gap, se = float(values.mean()) - bound, standard_error(values)
    reason = f"{gap:+.2f} over {bound:g}, standard error {se:.2f}"
    verdict = PASS if gap > STANDARD_ERRORS * se else FAIL
    return Verdict(subject, verdict, gap, se, reason)
