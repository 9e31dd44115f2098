"""Entropy, and how far the log probability of an action is from its mean."""

from __future__ import annotations

import numpy as np
from jaxtyping import Float
from numpy.typing import ArrayLike

from retrain_sim.theory.checks import check_probs, check_range


def entropy(probs: ArrayLike) -> float:
    """Return H = -sum_a pi(a) log pi(a), in nats.

    Args:
        probs: pi [n], sums to one; actions of probability zero add nothing.

    Returns:
        The entropy, in [0, log n].

    Raises:
        ValueError: If ``probs`` is not a distribution.

    Example:
        >>> round(entropy([0.5, 0.5]), 4), entropy([1.0, 0.0])
        (0.6931, 0.0)
    """
    return float(0.0 - _logs(check_probs("probs", probs)).sum())


def centered_log_probs(probs: ArrayLike) -> Float[np.ndarray, " n"]:
    """Return L(a) = log pi(a) + H, whose mean under pi is zero, in nats.

    Args:
        probs: pi [n], sums to one.

    Returns:
        L [n]; 0 for actions of probability zero, which every formula multiplies by
        their probability.

    Raises:
        ValueError: If ``probs`` is not a distribution.

    Example:
        >>> centered_log_probs([0.8, 0.2]).round(4)
        array([ 0.2773, -1.109 ])
    """
    probs = check_probs("probs", probs)
    logs = np.log(np.where(probs > 0, probs, 1.0))
    return np.where(probs > 0, logs - _logs(probs).sum(), 0.0)


def policy_and_advantage(
    probs: ArrayLike, advantage: ArrayLike
) -> tuple[Float[np.ndarray, " n"], Float[np.ndarray, " n"]]:
    """Check that there is one finite advantage per action.

    Returns:
        pi [n] and A [n], float64.

    Raises:
        ValueError: If ``probs`` is not a distribution, or A has another shape.
    """
    probs = check_probs("probs", probs)
    advantage = check_range("advantage", advantage, -np.inf)
    if advantage.shape != probs.shape:
        raise ValueError(
            f"advantage has shape {advantage.shape}, allowed {probs.shape} as probs"
        )
    return probs, advantage


def _logs(probs: Float[np.ndarray, " n"]) -> Float[np.ndarray, " n"]:
    return probs * np.log(np.where(probs > 0, probs, 1.0))
