"""What should hold of predicted entropy changes."""

from __future__ import annotations

import math
from typing import Any, NamedTuple

import numpy as np

from experiments.common import holds
from experiments.entropy_formula.features import pairs, relative_error
from retrain_sim.policy.entropy_audit import StepAudit
from retrain_sim.verdicts import STANDARD_ERRORS, Verdict

FEW = 5
"""Features that few features are compared with."""

ENOUGH = 0.8
"""Share of right signs that a rule of thumb should have."""


class Score(NamedTuple):
    """How well one tells another: squared correlation, share of right signs."""

    r2: float
    signs: float


def score(actual: Any, predicted: Any) -> Score:
    """Compare values draw by draw."""
    actual, predicted = np.asarray(actual), np.asarray(predicted)
    r2 = float(np.corrcoef(actual, predicted)[0, 1] ** 2)
    return Score(r2, float(np.mean(actual * predicted > 0)))


def tabular(errors: dict[str, float], step: float) -> Verdict:
    """Judge that every form for tabular policies is within 1 % at a small step."""
    shown = ", ".join(f"{name} {error:.1e}" for name, error in errors.items())
    subject = f"tabular, eta = {step:g}: relative errors below 1 %"
    return holds(subject, max(errors.values()) < 0.01, shown, max(errors.values()))


def first_order(found: dict[str, StepAudit]) -> Verdict:
    """Judge that all inner products of scores predict any policy's change."""
    scores = {name: score(a.actual, a.first_order) for name, a in found.items()}
    worst = min(scores, key=lambda name: scores[name].r2)
    r2, signs = scores[worst]
    good = r2 > 0.98 and min(s.signs for s in scores.values()) > 0.95
    shown = f"least R^2 {r2:.4f}, right signs {signs:.1%} ({worst})"
    return holds("all score products: exact to first order", good, shown)


def centered(found: dict[str, StepAudit]) -> Verdict:
    """Judge that the published form is exact for tabular, centered steps."""
    made = found["tabular"]
    error = relative_error(np.asarray(made.actual), np.asarray(made.diagonal))
    shown = f"relative error {error:.1e}"
    return holds("tabular: the diagonal is exact when centered", error < 0.01, shown)


def one_state(found: dict[str, StepAudit]) -> Verdict:
    """Judge that the diagonal has the sign of a single state's change, mostly."""
    subject = f"one state: the diagonal's sign is right in over {ENOUGH:.0%}"
    shares = _signs(found, "1 state")
    return holds(subject, min(shares.values()) > ENOUGH, _shown(shares))


def many_states(found: dict[str, StepAudit]) -> Verdict:
    """Judge that it is better than a guess where states share parameters.

    At least 80 % had been expected here, too: it is less.
    """
    shares = _signs(found, "32 states")
    n = len(next(iter(found.values())).actual)
    least = 0.5 + STANDARD_ERRORS * math.sqrt(0.25 / n)
    subject = "32 states that share parameters: better than a guess"
    return holds(subject, min(shares.values()) > least, _shown(shares))


def shared_is_worse(found: dict[str, StepAudit]) -> Verdict:
    """Judge that sharing parameters between states costs the diagonal its sign."""
    one, many = (_signs(found, kind) for kind in ("1 state", "32 states"))
    n = len(next(iter(found.values())).actual)
    gaps = [one[name] - many[name] for name in one]
    least = STANDARD_ERRORS * math.sqrt(0.5 / n)
    shown = f"least loss {min(gaps):.1%}"
    return holds("the diagonal is worse where states share", min(gaps) > least, shown)


def more_features(agreement: dict[int, float], n_draws: int) -> Verdict:
    """Judge that the diagonal is better where scores are nearly orthogonal."""
    few, many = agreement[FEW], agreement[max(agreement)]
    variance = (few * (1 - few) + many * (1 - many)) / n_draws
    shown = ", ".join(f"d = {d}: {share:.1%}" for d, share in agreement.items())
    good = many - few > STANDARD_ERRORS * math.sqrt(variance)
    return holds("linear softmax: right signs grow with the features", good, shown)


def control(n_draws: int) -> Verdict:
    """Forget to center: the diagonal must then be wrong in size."""
    exact, diagonal = pairs(200, n_draws, shift=2.0)
    r2, signs = score(exact, diagonal)
    shown = f"R^2 {r2:.2f}, right signs {signs:.1%}"
    subject = "control: advantages off by 2 spoil the diagonal"
    return holds(subject, r2 < 0.5 and signs < ENOUGH, shown)


def _signs(found: dict[str, StepAudit], kind: str) -> dict[str, float]:
    return {
        name.split(",")[0]: score(made.actual, made.diagonal).signs
        for name, made in found.items()
        if name.endswith(kind)
    }


def _shown(shares: dict[str, float]) -> str:
    return ", ".join(f"{name} {share:.1%}" for name, share in shares.items())
