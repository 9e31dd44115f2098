"""What should hold of entropy lost to chance."""

from __future__ import annotations

import numpy as np

from experiments.common import holds
from experiments.compare import judge_path
from experiments.two_drifts.random_reward import GROUP, RATE, VARIANCE, Paths
from retrain_sim.policy.theory import resampling_entropy_drift, sampling_entropy_drift
from retrain_sim.verdicts import PASS, Verdict, judge_prediction, standard_error

K = 30
KEPT = 300
PER_GENERATION = 1 / KEPT
"""Drift time of one refit: one over the samples."""

PER_STEP = RATE**2 * VARIANCE / GROUP / K**2
"""Drift time of one policy-gradient step; K^2 since a softmax moves by pi squared."""

HALF = 0.03
"""Drift time: the loss until then is compared with that in as much time again."""

JUDGED = 5
"""Every which shown round is judged: neighbors tell the same."""


def resampling(values: np.ndarray, law: np.ndarray) -> Verdict:
    """Compare resampling with the exact chain until letters become few."""
    at = np.arange(JUDGED, min(len(law), 151), JUDGED)
    return judge_path("resampling = exact chain", values[:, at], law[at])


def first_generation(values: np.ndarray) -> Verdict:
    """Compare the first refit with the second-order rate."""
    law = resampling_entropy_drift(np.full(K, 1 / K), KEPT)
    found = judge_prediction("", values[:, 1] - values[:, 0], law, 0.0, 0.0025, [])
    shown = f"{found.gap + law:.4f} (se {found.se:.4f}), -(K - 1)/(2n) = {law:.4f}"
    return found._replace(subject="first refit: second order", reason=shown)


def rewards(paths: Paths) -> Verdict:
    """Compare random rewards with the drift summed along the same paths."""
    gap = (paths.entropy - paths.predicted)[:, JUDGED::JUDGED]
    subject = "random rewards = predicted drift"
    return judge_path(subject, gap, np.zeros(gap.shape[1]))


def first_step(paths: Paths) -> Verdict:
    """Compare the first step with the rate at the uniform policy."""
    law = sampling_entropy_drift(np.full(K, 1 / K), RATE, GROUP, VARIANCE)
    found = judge_prediction("", paths.first, law, 0.0, 0.0, [])
    shown = f"{found.gap + law:.2e} (se {found.se:.0e}), predicted {law:.2e}"
    return found._replace(subject="first step: second order", reason=shown)


def clocks(values: np.ndarray, paths: Paths) -> Verdict:
    """Judge that rewards lose ever more at first, and resampling ever less.

    A step moves the logits, so a probability moves in proportion to itself: what is
    ahead is moved most. A refit moves it by its square root only.
    """
    models = [round(i * HALF / PER_GENERATION) for i in range(3)]
    policies = np.searchsorted(paths.rounds * PER_STEP, HALF * np.arange(3))
    slower = np.diff(values[:, models], n=2, axis=1)[:, 0]
    faster = -np.diff(paths.entropy[:, policies], n=2, axis=1)[:, 0]
    gap, se = min((x.mean(), standard_error(x)) for x in (slower, faster))
    shown = f"change of the loss {-slower.mean():+.2f} and {faster.mean():+.2f} nats"
    subject = "resampling slows down at once, random rewards speed up first"
    return holds(subject, gap > 4 * se, f"{shown} (se {se:.2f})", gap)


def control(paths: Paths) -> Verdict:
    """Predict half the drift, which must fail."""
    half = paths.entropy[:, :1] + (paths.predicted - paths.entropy[:, :1]) / 2
    gap = (paths.entropy - half)[:, JUDGED::JUDGED]
    found = judge_path("", gap, np.zeros(gap.shape[1]))
    return holds("control: half the rate fails", found.verdict != PASS, found.reason)
