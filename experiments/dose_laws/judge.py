"""What should hold between the laws of the dose and their simulations."""

from __future__ import annotations

import itertools
import math

import numpy as np

from experiments.common import holds
from experiments.dose_laws.simulate import N_REAL, best_weight
from experiments.primer.judging import agrees, more
from retrain_sim.dose.laws import (
    MeanTask,
    PowerLaw,
    best_mean_weight,
    best_strength,
    best_strength_exponents,
)
from retrain_sim.verdicts import STANDARD_ERRORS, Verdict

WEIGHTS = tuple(itertools.product((0.15, 0.3, 0.5), (10, 40, math.inf)))
"""Distances and numbers of synthetic points."""
POWERS = ((1.0, 0.5), (1.0, 0.25), (2.0, 0.8), (1.0, 0.8))
"""Decay r of the kernel and smoothness s of the generator's error."""
LARGE, WITHIN = (1e8, 1e10), 0.03
"""N, and of the slope between them: it tends to the limit slowly, at r = 1 and s = 0.8
to 6 % of it from N = 1e4 to 1e6, to 3 % here; beyond, 30 000 terms do not suffice."""


def weights(draws: int, law=best_mean_weight) -> Verdict:
    """Judge laws 1 and 3: the best weight, with infinitely and finitely many points."""
    worst = 0.0
    for gap, n_made in WEIGHTS:
        measured, error = best_weight(gap, n_made, draws)
        task = MeanTask(1 / N_REAL, 1 / N_REAL, gap)
        worst = max(worst, abs(measured - law(task, n_made / N_REAL)) / error)
    reason = f"worst of {len(WEIGHTS)}: {worst:.1f} standard errors"
    return holds("laws 1, 3: weight", worst < STANDARD_ERRORS, reason, worst)


def pooled(task: MeanTask, sizes, errors) -> list[Verdict]:
    """Judge law 2: the risk at every M, and a minimum inside."""
    laws = task.risk(sizes / N_REAL)
    se = errors.std(axis=0, ddof=1) / np.sqrt(len(errors))
    worst = float((np.abs(errors.mean(axis=0) - laws) / se).max())
    best = int(laws.argmin())
    name = f"law 2, D = {task.gap:g}"
    return [
        holds(f"{name}: risk at {len(sizes)} sizes", worst < STANDARD_ERRORS,
              f"worst {worst:.1f} standard errors", worst),
        more(f"{name}: M = {sizes[best]:g} beats none", errors[:, 0], errors[:, best]),
        more(f"{name}: and beats {sizes[-1]:g}", errors[:, -1], errors[:, best]),
    ]  # fmt: skip


def process(strengths, errors, law: float) -> list[Verdict]:
    """Judge the law of a Gaussian process: half and twice its lambda are worse."""
    at = [int(np.abs(strengths / (law * c) - 1).argmin()) for c in (0.5, 1.0, 2.0)]
    low, best, high = (errors[:, i] for i in at)
    return [
        more("Gaussian process: half of lambda* is worse", low, best),
        more("Gaussian process: twice lambda* is worse", high, best),
    ]


def unbounded(errors, sizes) -> Verdict:
    """Judge the control of law 2: below the threshold the last size is the best."""
    return more("control, D = 0.1: no U, the most is best", errors[:, 4], errors[:, -1])


def exponents() -> list[Verdict]:
    """Judge the exponent of lambda* in N against the exact optima at two large N."""
    return [exponent(PowerLaw(decay=r, smoothness=s)) for r, s in POWERS]


def exponent(task: PowerLaw, law=best_strength_exponents) -> Verdict:
    """Judge one exponent."""
    ends = [best_strength(task, n) for n in LARGE]
    slope = math.log(ends[1] / ends[0]) / math.log(LARGE[1] / LARGE[0])
    expected = -law(task).strength
    gap = slope / expected - 1
    return holds(
        f"power laws r = {task.decay:g}, s = {task.smoothness:g}: exponent of lambda*",
        abs(gap) < WITHIN,
        f"{slope:.3f}, law {expected:.3f}",
        gap,
    )


def agreement(task: MeanTask, errors) -> Verdict:
    """Judge the risk of real points alone."""
    return agrees("real points alone", errors[:, 0], task.real_error)
