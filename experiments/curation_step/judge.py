"""What should hold of one generation of curation."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from jaxtyping import Float

from experiments.common import holds
from experiments.compare import values_of
from retrain_sim.policy.theory import (
    curated_entropy_change,
    curated_policy,
    natural_entropy_change,
    natural_gradient_path,
    predicted_curation_change,
    resampling_entropy_drift,
    tabular_entropy_change,
)
from retrain_sim.result import Result
from retrain_sim.verdicts import Verdict, judge_prediction

ENTROPY = "collapse/class_entropy"
ACCEPTED = "accepted only"
SMALL = (1e-3, 2e-3, 4e-3)


class Case(NamedTuple):
    """One weight: theory, and what the loop did.

    Attributes:
        name: of the arm.
        probs: p_0 [n].
        weights: w [n].
        exact: H(p_1) - H(p_0) for infinitely many samples.
        predicted: the same to first order.
        drift: what n kept samples lose besides.
        measured: entropy change in the loop, by seed.
    """

    name: str
    probs: Float[np.ndarray, " n"]
    weights: Float[np.ndarray, " n"]
    exact: float
    predicted: float
    drift: float
    measured: Float[np.ndarray, " s"]


def cases(result: Result) -> dict[str, Case]:
    """Collect every arm with its theory."""
    atoms = result.atoms
    probs = np.asarray(atoms.probs, np.float64) / np.sum(atoms.probs)
    score, accepted = np.asarray(atoms.view.rewards, np.float64)
    return {arm: _case(result, arm, probs, score, accepted) for arm in result.arms}


def _case(result: Result, arm: str, probs, score, accepted) -> Case:
    rejects = arm == ACCEPTED
    weights = accepted if rejects else np.exp(float(arm) * score)
    after = curated_policy(probs, weights)
    size = result.spec.values["curation"]
    kept = 1 / (1 / size["n_kept"] + 1 / size["n_candidates"])
    entropy = values_of(result, ENTROPY, arm)
    first = (
        predicted_curation_change(probs, weights)
        if rejects
        else natural_entropy_change(probs, np.log(weights))
    )
    return Case(
        arm,
        probs,
        weights,
        curated_entropy_change(probs, weights),
        first,
        resampling_entropy_drift(after, round(kept)),
        entropy[:, 1] - entropy[:, 0],
    )


def is_a_step(cases: dict[str, Case]) -> Verdict:
    """Compare the refit with a natural-gradient step of size 1 on log w."""
    gaps = []
    for case in cases.values():
        if (case.weights > 0).all():
            step = natural_gradient_path(
                case.probs, np.log(case.weights), 0.0, 1.0, n_steps=1
            )
            refit = curated_policy(case.probs, case.weights)
            gaps.append(float(np.abs(step[1] - refit).max()))
    gap = max(gaps)
    return holds("refit = natural gradient on log w", gap < 1e-14, f"{gap:.0e}", gap)


def first_order(cases: dict[str, Case]) -> Verdict:
    """Judge that the residual falls with the square of the strength."""
    case = cases["1"]
    score = np.log(case.weights)
    slope = natural_entropy_change(case.probs, score)
    rests = [
        (curated_entropy_change(case.probs, np.exp(e * score)) - e * slope) / e**2
        for e in SMALL
    ]
    spread = np.ptp(rests) / abs(np.mean(rests))
    shown = f"residual / strength^2 = {np.mean(rests):.4f}, varies by {spread:.1%}"
    return holds("-Cov(log w, log p) is exact to first order", spread < 0.02, shown)


def in_the_loop(case: Case) -> Verdict:
    """Compare the loop's entropy change with the exact one and the sampling drift."""
    expected = case.exact + case.drift
    found = judge_prediction(case.name, case.measured, expected, 0.0, 0.0, [])
    shown = (
        f"{case.measured.mean():+.5f} (se {found.se:.5f}), exact {expected:+.5f}, "
        f"first order {case.predicted:+.5f}"
    )
    subject = f"strength {case.name}" if case.name != ACCEPTED else case.name
    return found._replace(subject=f"{subject}: entropy change", reason=shown)


def rejection(cases: dict[str, Case]) -> Verdict:
    """Judge that the first order has the sign of rejection sampling, a large step."""
    case = cases[ACCEPTED]
    right = case.exact * case.predicted > 0
    shown = f"exact {case.exact:+.3f}, first order {case.predicted:+.3f}"
    return holds("rejection sampling: the first order has the sign", right, shown)


def control(cases: dict[str, Case]) -> Verdict:
    """Predict curation by the plain policy gradient, which it is not."""
    case = cases["0.1"]
    plain = tabular_entropy_change(case.probs, np.log(case.weights))
    shown = f"plain gradient {plain:+.5f}, exact {case.exact:+.5f}"
    subject = "control: curation is not the plain policy gradient"
    return holds(subject, abs(plain / case.exact - 1) > 0.2, shown)
