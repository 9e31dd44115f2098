"""What should hold with few kept samples."""

from __future__ import annotations

import math

import numpy as np
from scipy.stats import binom

from experiments.common import holds
from experiments.pool_drift.chains import START, Spread, chain
from retrain_sim.theory import fixation, simulate_counts, stationary_law
from retrain_sim.verdicts import PASS, Verdict, judge_prediction

HARD = 60.0
ROUNDS = 25
SLATE = 256
KEPT = 75


def afresh() -> Verdict:
    """Compare the stationary law under hard separation with a binomial."""
    law, _ = stationary_law(chain(KEPT, HARD, math.inf))
    gap = float(np.abs(law - binom.pmf(np.arange(KEPT + 1), KEPT, START)).max())
    subject = "hard separation, K = inf: binomial afresh every round"
    return holds(subject, gap < 1e-12, f"greatest difference {gap:.0e}", gap)


def linear(rows: dict[int, Spread]) -> Verdict:
    """Compare the linear noise with the exact law, where it should be good."""
    off = {n: row.linear / row.sd - 1 for n, row in rows.items() if n >= KEPT}
    shown = ", ".join(f"{n}: {100 * gap:+.1f} %" for n, gap in off.items())
    good = all(abs(gap) < 10 / n for n, gap in off.items())
    return holds("gap 1: linear noise is the exact spread to order 1/n", good, shown)


def pool(row: Spread) -> Verdict:
    """Compare both again with candidates that all slates share."""
    off = row.linear / row.sd - 1
    subject = "the same with a shared pool of 1500 candidates"
    return holds(subject, abs(off) < 10 / KEPT, f"{100 * off:+.1f} %", off)


def neutral(row: Spread) -> Verdict:
    """Trust the linear noise with nearly equal rewards, where it must fail."""
    off = row.linear / row.sd - 1
    subject = "control: linear noise fails for nearly neutral camps, gap 0.1"
    return holds(subject, abs(off) > 0.5, f"{100 * off:+.0f} %, slope {row.slope:.4f}")


def fixes() -> Verdict:
    """Compare the exact chance and time to fix with neutral theory, 75 kept."""
    end = fixation(chain(KEPT, 0.0, math.inf))
    share = np.arange(KEPT + 1) / KEPT
    gap = float(np.abs(end.probs[:, -1] - share).max())
    subject = "equal rewards: fixed with probability the initial share"
    shown = f"off by {gap:.0e}; {end.rounds[KEPT // 2]:.0f} rounds on average"
    return holds(subject, gap < 1e-9, shown, gap)


def simulated(gap: float, seeds: int) -> Verdict:
    """Compare simulated counts with the exact chain after 25 rounds, K = 256."""
    rewards = [[gap, 0.0], [0.0, gap]]
    size = {"n_kept": KEPT - 1, "n_rounds": ROUNDS, "n_seeds": seeds}
    paths = simulate_counts(1, [0.5, 0.5], rewards, [0.5, 0.5], SLATE, **size)
    values = (paths[:, -1, 0] - START) ** 2
    steps = chain(KEPT - 1, gap, SLATE).transition
    law = np.linalg.matrix_power(steps, ROUNDS)[(KEPT - 1) // 2]
    exact = float(law @ (np.arange(KEPT) / (KEPT - 1) - START) ** 2)
    judged = judge_prediction("", values, exact, 0.0, 0.0, [])
    shown = f"variance {values.mean():.5f} (se {judged.se:.0e}), exact {exact:.5f}"
    return judged._replace(subject=f"gap {gap:g}: simulation = chain", reason=shown)


def no_loss(lost: dict[float, float]) -> Verdict:
    """Tell whether drift alone can lose one of two rewarded camps in 25 rounds."""
    shown = ", ".join(f"gap {gap:g}: {chance:.0e}" for gap, chance in lost.items())
    subject = "75 kept, K = 256: drift does not lose a camp in 25 rounds"
    return holds(subject, max(lost.values()) < 0.01, shown, max(lost.values()))


def within(n_kept: int, values: np.ndarray, law: np.ndarray) -> Verdict:
    """Compare the diversity inside a camp with its law, last round."""
    judged = judge_prediction("", values[:, -1], law[-1], 0.0, 0.0, [])
    half = math.log(2) / -math.log(law[1] / law[0])
    shown = f"{values[:, -1].mean():.4f} (se {judged.se:.0e}), law {law[-1]:.4f}"
    return judged._replace(
        subject=f"{n_kept} kept: diversity inside a camp decays as 1/(a n)",
        reason=f"{shown}; half-life {half:.0f} rounds",
    )


def wrong_rate(n_kept: int, values: np.ndarray, rounds: int) -> Verdict:
    """Predict the rate 1/n instead of 1/(a n), which must fail."""
    law = values[0, 0] * (1 - 1 / n_kept) ** rounds
    judged = judge_prediction("", values[:, -1], law, 0.0, 0.0, [])
    subject = "control: the rate is not 1/n"
    shown = f"{values[:, -1].mean():.4f} against {law:.4f}"
    return holds(subject, judged.verdict != PASS, shown)
