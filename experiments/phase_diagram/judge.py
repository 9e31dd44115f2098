"""What should hold in the phase diagram: settings against exact boundaries."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from experiments.common import holds
from experiments.phase_diagram.landscape import (
    Ends,
    exact_spread,
    invasion_of_consensus,
    onset,
    onset_of_neighbors,
    width_of_consensus,
)
from retrain_sim.theory import coexistence_threshold
from retrain_sim.verdicts import Verdict

GROWTH = 30.0  # e-foldings that lift an invader from what the first rounds left
CURVED = 0.1  # curvature below which a consensus is too soft to have settled
WIDER = 1.5  # times the width of a consensus: not a consensus
NEAR = 0.02  # of a threshold in the weight: too close to call
SURVIVES = 0.01
SLATES = (3, 4, 8, 64, math.inf)


class Grid(NamedTuple):
    """The settings, and where rounds end in each of them."""

    distances: np.ndarray
    weights: np.ndarray
    slate_sizes: tuple[float, ...]
    rounds: int
    ends: Ends


def closed_form(grid: Grid) -> Verdict:
    """Compare the solver on a grid of outcomes with the exact limit at K = inf."""
    exact = [[exact_spread(d, q) for q in grid.weights] for d in grid.distances]
    gap = float(np.abs(grid.ends.spread[-1] - exact).max())
    subject = "K = inf: spread = closed form, in every setting"
    return holds(subject, gap < 0.01, f"greatest difference {gap:.4f}", gap)


def consensus(grid: Grid, i: int) -> Verdict:
    """Compare where rounds keep a consensus with where nothing can invade it."""
    k = grid.slate_sizes[i]
    judged, wrong = _contradictions(grid, i, k)
    ends = "rests unless" if k > 2 else "rests if not"
    subject = f"K = {k:g}: a consensus {ends} something invades it"
    return _counted(subject, judged, wrong)


def _contradictions(grid: Grid, i: int, law: float) -> tuple[int, int]:
    """Count settings that the boundary of slate size ``law`` predicts, and wrongly.

    Slates of two are a zero-sum game: an invader may come and go for ever, so only
    settings that nothing can invade are judged.
    """
    judged = wrong = 0
    for d, row in zip(grid.distances, grid.ends.spread[i], strict=True):
        for q, seen in zip(grid.weights, row, strict=True):
            k = grid.slate_sizes[i]
            width = width_of_consensus(d, q, k, grid.rounds, CURVED)
            growth = invasion_of_consensus(d, q, law)
            invaded = growth * grid.rounds > GROWTH and k > 2
            if math.isfinite(width) and (invaded or growth == 0):
                judged += 1
                wrong += (seen > WIDER * width) != invaded
    return judged, wrong


def camps(grid: Grid, i: int) -> Verdict:
    """Compare whose camp survives, far apart, with the threshold of two types."""
    k, leakage = grid.slate_sizes[i], math.exp(-(grid.distances[-1] ** 2))
    low, _ = coexistence_threshold(k, leakage, leakage)
    clear = np.abs(grid.weights - low) > NEAR
    survives = grid.ends.camp[i, -1] > SURVIVES
    wrong = (survives != (grid.weights > low)) & clear
    subject = f"K = {k:g}, far apart: the minority keeps a camp iff q > 1/K"
    return _counted(subject, int(clear.sum()), int(wrong.sum()))


def neighbors() -> Verdict:
    """Look for near invaders just below and just above the critical distance."""
    tips = [onset_of_neighbors(k) for k in SLATES]
    pairs = list(zip(tips, SLATES, strict=True))
    below = [invasion_of_consensus(0.995 * d, 0.5, k, reach=0.01) for d, k in pairs]
    above = [invasion_of_consensus(1.005 * d, 0.5, k, reach=0.01) for d, k in pairs]
    shown = ", ".join(f"{d:.3f}" for d in tips)
    subject = "equal voters: neighbors invade a consensus from sqrt(2K/(K-2))"
    return holds(subject, max(below) == 0 and min(above) > 0, f"D = {shown}")


def distant_first() -> Verdict:
    """Tell transitions that jump, K = 3 and 4, from continuous ones."""
    early = [onset_of_neighbors(k) - onset(k) for k in SLATES]
    jumps = [gap > 1e-3 for gap in early]
    shown = ", ".join(f"{onset(k):.3f}" for k in SLATES)
    subject = "a distant outcome invades first at K = 3 and 4, not above"
    return holds(subject, jumps == [True, True, False, False, False], f"D = {shown}")


def slates_of_two() -> Verdict:
    """Look for an invader of the consensus of two equal voters at K = 2."""
    growth = invasion_of_consensus(20.0, 0.5, 2)
    subject = "K = 2, equal voters: consensus at any distance"
    return holds(
        subject, growth == 0, f"growth - 1 of invaders at D = 20: {growth:.0e}"
    )


def wrong_boundary(grid: Grid) -> Verdict:
    """Judge K = 3 by the boundary of K = inf, which must fail."""
    judged, wrong = _contradictions(grid, 1, math.inf)
    subject = "control: the boundary of K = inf fails at K = 3"
    return holds(subject, wrong > 0, f"{wrong} of {judged} settings contradict it")


def _counted(subject: str, judged: int, wrong: int) -> Verdict:
    measured = f"{wrong} of {judged} settings contradict it"
    return holds(subject, judged > 0 and wrong == 0, measured, float(wrong))
