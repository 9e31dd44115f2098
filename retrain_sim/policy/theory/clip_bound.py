"""Clipping bounds how far entropy can move."""

from __future__ import annotations

from retrain_sim.theory.checks import check_number
from retrain_sim.theory.laws.hypotheses import assuming


@assuming(
    "every ratio pi_new/pi_old is within the clip range (clipping gradients, as PPO "
    "does, does not enforce it)",
    "ratios of actions, not of whole sequences",
)
def clipped_entropy_bounds(
    entropy: int | float, clip_low: int | float, clip_high: int | float
) -> tuple[float, float]:
    """Bound the entropy after a step whose ratios all lie in the clip range.

        (1 - e_low) H <= H_new <= (1 + e_high) H

    H_new is at most the cross entropy of the new policy against the old one, which is
    at most (1 + e_high) H; the lower side is symmetric.

    Args:
        entropy: H of the old policy, >= 0, nats.
        clip_low: e_low in [0, 1].
        clip_high: e_high >= 0.

    Returns:
        The least and the greatest entropy, nats.

    Raises:
        ValueError: If an argument is outside these ranges.

    References:
        A. Petrenko et al., "Entropy-Preserving Reinforcement Learning", 2026, arXiv
        2603.11682, Theorem 2.

    Example:
        >>> [round(bound, 4) for bound in clipped_entropy_bounds(2.0, 0.2, 0.28)]
        [1.6, 2.56]
    """
    entropy = check_number("entropy", entropy, 0.0)
    low = check_number("clip_low", clip_low, 0.0, 1.0)
    high = check_number("clip_high", clip_high, 0.0)
    return (1 - low) * entropy, (1 + high) * entropy


def log_symmetric_clip(clip_low: int | float) -> float:
    """Return the e_high as far from a ratio of 1 as e_low is, in logarithms.

        1 + e_high = 1 / (1 - e_low)

    Args:
        clip_low: e_low in [0, 1).

    Returns:
        e_high; 0.25 for e_low = 0.2, between 0.2 (PPO) and 0.28 (DAPO).

    Raises:
        ValueError: If ``clip_low`` is outside its range.

    References:
        Derived here.

    Example:
        >>> round(log_symmetric_clip(0.2), 12)
        0.25
    """
    low = check_number("clip_low", clip_low, 0.0, 1.0 - 1e-12)
    return low / (1 - low)
