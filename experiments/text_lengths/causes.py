"""Where the entropy of lengths comes from: the map, finite samples, or the model."""

from __future__ import annotations

from experiments.common import holds
from retrain_sim.result import Result
from retrain_sim.verdicts import Verdict

ENTROPY = "collapse/class_entropy"
CAUSES = ("exact map", "finite samples", "the model")
POOLS = ("10 and 12, pool", "10 and 18, pool")
"""Targets near and far, in the paper's own loop."""

TOLERANCE = 0.1
"""Nats: atoms of p_0 are few at the lengths that are rare."""


def growth(result: Result, arm: str) -> dict[str, float]:
    """Split H(L) of the last round: by the map, what samples add, what the model adds.

    Args:
        result: of a run whose regimes are known to theory.
        arm: which one.

    Returns:
        Cause -> nats, which add up to the measured mean over seeds.
    """
    measured, _ = result.last(ENTROPY, arm)
    expected = result.predicted(ENTROPY, arm)
    sampled = result.predicted(f"with drift/{ENTROPY}", arm)
    parts = (expected, sampled - expected, measured - sampled)
    return dict(zip(CAUSES, parts, strict=True))


def same_map(result: Result) -> Verdict:
    """Judge that ideal fits would end in the same H(L) at any distance of targets."""
    near, far = (result.predicted(ENTROPY, arm) for arm in POOLS)
    shown = f"{near:.3f} and {far:.3f} nats"
    subject = f"exact map of the pool: H(L) does not grow: {' and '.join(POOLS)}"
    return holds(subject, far - near < TOLERANCE, shown, far - near)
