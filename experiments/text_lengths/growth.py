"""Where the entropy of lengths comes from: the map, finite samples, or the model."""

from __future__ import annotations

from retrain_sim.result import Result

ENTROPY = "collapse/class_entropy"
CAUSES = ("exact map", "finite samples", "the model")


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
