"""Which assumptions of the non-collapse theorems hold on the atoms of a run."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from retrain_sim.predictions.base import Assumption
from retrain_sim.predictions.saved import Game
from retrain_sim.theory import BasinAudit, audit_basins

TOLERANCES = (0.0, 0.01, 0.02, 0.05, 0.1, 0.2, 0.3)
"""Shares of the least range of a reward that are tried for eps."""

MOST_ROUNDS = 50


class BasinFinding(NamedTuple):
    """The assumptions of Falahati et al. (2026), by where they are made.

    Args:
        eps: the tolerance of the basins, in units of the rewards.
        setting: what all theorems are about.
        main_text: what its main text assumes.
        appendix: what its proofs need besides.
    """

    eps: float
    setting: tuple[Assumption, ...]
    main_text: tuple[Assumption, ...]
    appendix: tuple[Assumption, ...]


def audit_of(game: Game, n_rounds: int, eps: float | None = None) -> BasinFinding:
    """Audit the theorems on the landscape of a run.

    Args:
        game: how the arm curates.
        n_rounds: rounds of infinite slates to watch outside mass for, at most 50.
        eps: of the basins; by default the least of seven tolerances, from none to 30 %
            of the least range, at which the most assumptions hold, and then the basins
            have the most mass.
    """
    reach = float(np.ptp(game.rewards, axis=1).min())
    tried = [share * reach for share in TOLERANCES] if eps is None else [eps]
    audits = [_audit(game, width, min(n_rounds, MOST_ROUNDS)) for width in tried]
    best = max(range(len(tried)), key=lambda i: (*_merit(audits[i]), -i))
    found = audits[best]
    outside = found.outside_mass[-1]
    grows = found.outside_growth.max()
    watched = f"greatest growth {grows:.3g}; outside mass ends at {outside:.2g}"
    return BasinFinding(
        tried[best],
        _setting(game),
        tuple(Assumption(k, v, _detail(k, found)) for k, v in found.main_text.items()),
        tuple(Assumption(k, v, watched) for k, v in found.appendix.items()),
    )


def _audit(game: Game, eps: float, n_rounds: int) -> BasinAudit:
    return audit_basins(
        game.probs,
        game.rewards,
        eps,
        game.weights,
        temperature=game.temperature,
        n_rounds=n_rounds,
    )


def _merit(audit: BasinAudit) -> tuple[int, float]:
    """Prefer what breaks fewer assumptions, then what leaves less mass outside."""
    held = sum(audit.main_text.values()) + sum(audit.appendix.values())
    return held, -float(audit.outside_mass[0])


def _setting(game: Game) -> tuple[Assumption, ...]:
    k, m, share = game.slate_size, len(game.weights), game.real_share
    size = "inf" if math.isinf(k) else f"{k:.0f}"
    return (
        Assumption("infinite slates", math.isinf(k), f"K = {size}"),
        Assumption("two voters", m == 2, str(m)),
        Assumption("no real data are mixed in", share == 0, f"real share {share:g}"),
    )


def _detail(assumption: str, audit: BasinAudit) -> str:
    """Give the numbers behind an assumption of the main text."""
    if assumption == "disjoint basins":
        sizes = ", ".join(str(n) for n in audit.members.sum(axis=1))
        return f"atoms in them: {sizes}"
    if assumption == "gaps above 2 eps":
        return "gaps " + ", ".join(f"{gap:.3g}" for gap in audit.gaps)
    return "leakage " + ", ".join(f"{k:.2g}" for k in audit.leakage)
