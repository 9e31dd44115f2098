"""What should hold of the fixed points of two types."""

from __future__ import annotations

import math

import numpy as np

from experiments.common import holds
from experiments.slate_bifurcation.branch import branch
from retrain_sim.theory import (
    coexistence_threshold,
    leakage_interval,
    limit,
    plateau_limit,
)
from retrain_sim.verdicts import Verdict

EDGE = 1e-6
ROUNDING = 1e-12
HARD = 60.0
"""A reward gap whose leakage, e^-60, is rounding."""


def ends(slate_sizes, leakage: float) -> Verdict:
    """Compare where each branch leaves 0 and reaches 1 with the threshold."""
    edges = np.array([EDGE, 1 - EDGE])
    found = np.array([branch(edges, k, leakage) for k in slate_sizes])
    law = np.array([coexistence_threshold(k, leakage, leakage) for k in slate_sizes])
    gap = float(np.abs(found - law).max())
    shown = ", ".join(f"{low:.3f}" for low in law[:, 0])
    subject = f"leakage {leakage:.3f}: branches begin at the invasion thresholds"
    return holds(subject, gap < 100 * EDGE, f"{shown}; off by {gap:.0e}", gap)


def monotone(branches) -> Verdict:
    """Look for a fold: two attracting states at one weight."""
    steps = [np.diff(q).min() for (k, _), q in branches.items() if k > 2]
    subject = "K > 2: one attracting state at every weight"
    return holds(subject, min(steps) > 0, f"least rise of a branch {min(steps):.1e}")


def iterated(slate_sizes, leakages, weights) -> Verdict:
    """Iterate the general map, with its quadrature, and ask where it ends."""
    worst, states = 0.0, 0
    for k in slate_sizes:
        for leakage in leakages:
            low, high = coexistence_threshold(k, leakage, leakage)
            for q in weights:
                a = _end(q, k, leakage)
                states += 1
                if low < q < high:
                    worst = max(
                        worst, abs(float(branch(np.array([a]), k, leakage)[0]) - q)
                    )
                else:
                    worst = max(worst, abs(a - (q >= high)))
    subject = "iterated rounds end on the branch, or at 0 or 1 off it"
    return holds(
        subject, worst < 1e-6, f"{states} limits, worst gap {worst:.0e}", worst
    )


def _end(q: float, slate_size: float, leakage: float) -> float:
    gap = HARD if leakage == 0 else -math.log(leakage)
    rewards = [[gap, 0.0], [0.0, gap]]
    return float(limit([0.5, 0.5], rewards, [q, 1 - q], slate_size).probs[0])


def line_of_three(a) -> Verdict:
    """Compare the branch at K = 3, hard separation, with a = 3q - 1."""
    gap = float(np.abs(3 * branch(a, 3, 0.0) - 1 - a).max())
    return holds(
        "K = 3, hard separation: a = 3q - 1", gap < ROUNDING, f"{gap:.0e}", gap
    )


def infinite(a, leakage: float) -> Verdict:
    """Compare the branch at K = inf with the bargain between two plateaus."""
    q = branch(a, math.inf, leakage)
    law = np.array([plateau_limit([w, 1 - w], leakage)[0] for w in q])
    gap = float(np.abs(law - a).max())
    subject = f"leakage {leakage:.3f}: K = inf is the bargain"
    return holds(subject, gap < 1e-10, f"greatest difference {gap:.0e}", gap)


def slates_of_two(q) -> Verdict:
    """At K = 2 the branch is a vertical line: coexistence only in equality."""
    gap = float(np.abs(q - 0.5).max())
    return holds("K = 2: no coexistence but at q = 1/2", gap < ROUNDING, f"{gap:.0e}")


def large_slates_law() -> Verdict:
    """Apply the interval of large K to K = 3, where it must fail."""
    leakage = math.exp(-4)
    low, _ = leakage_interval(0.3, leakage, leakage)
    a = _end(0.3, 3, leakage)
    subject = "control: the leakage interval of large K fails at K = 3, q = 0.3"
    return holds(subject, a < low, f"a = {a:.1e}, interval from {low:.3f}")


def thresholds_of_hard_separation() -> Verdict:
    """Apply 1/K to leaking types, where it must fail: between 1/3 and the threshold."""
    leakage = math.exp(-2)
    low, _ = coexistence_threshold(3, leakage, leakage)
    a = _end((1 / 3 + low) / 2, 3, leakage)
    subject = "control: 1/K is not the threshold of types that leak"
    return holds(
        subject, a < EDGE, f"q = {(1 / 3 + low) / 2:.3f} > 1/3 ends at {a:.0e}"
    )
