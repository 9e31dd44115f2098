"""The entropy change of one policy-gradient step, to first order in the step size.

All values are nats per unit of step size: multiply by the step size. A softmax policy
has logits z, and dH/dz_a = -pi(a) L(a).
"""

from __future__ import annotations

import numpy as np
from jaxtyping import Float
from numpy.typing import ArrayLike

from retrain_sim.policy.theory.entropy import centered_log_probs, policy_and_advantage
from retrain_sim.theory.checks import check_count, check_number, check_range
from retrain_sim.theory.laws.hypotheses import assuming

SOFTMAX = "a softmax policy with one free logit per action"


@assuming(SOFTMAX, "the exact expected gradient")
def tabular_entropy_change(probs: ArrayLike, advantage: ArrayLike) -> float:
    """Predict dH of a tabular softmax policy under the exact policy gradient.

        dH/d eta = -(E[A L pi] - E[A] E[L pi])

    Args:
        probs: pi [n], sums to one.
        advantage: A [n], any finite numbers: they need not be centered.

    Returns:
        Nats per unit of step size.

    Raises:
        ValueError: If the arguments do not fit.

    References:
        Derived here; arXiv 2603.11682, Theorem 1, states the centered case.

    Example:
        >>> round(tabular_entropy_change([0.8, 0.2], [1.0, 0.0]), 4)
        -0.071
    """
    probs, advantage = policy_and_advantage(probs, advantage)
    rest = advantage - probs @ advantage
    return -float(np.sum(probs**2 * rest * centered_log_probs(probs)))


@assuming(
    "centered advantages: E_pi[A] = 0",
    "orthonormal score vectors (exact for a tabular softmax without this)",
)
def diagonal_entropy_change(probs: ArrayLike, advantage: ArrayLike) -> float:
    """Predict dH as the paper does, from the terms a = b of the double sum.

        dH/d eta ~ -E[A L pi]

    For a tabular softmax it is exact if A is centered, and may be wrong in size and
    sign if not: center first (`is_centered`).

    Args:
        probs: pi [n], sums to one.
        advantage: A [n].

    Returns:
        Nats per unit of step size.

    Raises:
        ValueError: If the arguments do not fit.

    References:
        A. Petrenko, B. Lipkin, K. Chen, E. Wijmans, M. Cusumano-Towner, R. Giryes,
        P. Kraehenbuehl, "Entropy-Preserving Reinforcement Learning", 2026, arXiv
        2603.11682, Theorem 1.

    Example:
        >>> round(diagonal_entropy_change([0.8, 0.2], [0.2, -0.8]), 4)
        -0.071
        >>> round(diagonal_entropy_change([0.8, 0.2], [1.2, 0.2]), 4)
        -0.2041
    """
    probs, advantage = policy_and_advantage(probs, advantage)
    return -float(np.sum(probs**2 * advantage * centered_log_probs(probs)))


def is_centered(
    probs: ArrayLike, advantage: ArrayLike, tolerance: float = 1e-9
) -> bool:
    """Tell whether E_pi[A] = 0, which the diagonal form needs.

    Args:
        probs: pi [n], sums to one.
        advantage: A [n].
        tolerance: of the mean, relative to the greatest |A|.

    Returns:
        Whether the mean is zero.

    Example:
        >>> is_centered([0.8, 0.2], [0.2, -0.8]), is_centered([0.8, 0.2], [1.0, 0.0])
        (True, False)
    """
    probs, advantage = policy_and_advantage(probs, advantage)
    scale = np.abs(advantage).max(initial=0.0)
    return bool(abs(probs @ advantage) <= tolerance * scale)


@assuming(SOFTMAX, "the natural gradient, dz = eta A")
def natural_entropy_change(probs: ArrayLike, advantage: ArrayLike) -> float:
    """Predict dH of a tabular softmax policy under the natural gradient.

        dH/d eta = -Cov_pi(A, log pi) = -E[A L]

    It holds also for a policy multiplied by weights, pi' ~ pi exp(eta A): curation.

    Args:
        probs: pi [n], sums to one.
        advantage: A [n], centered or not.

    Returns:
        Nats per unit of step size.

    Raises:
        ValueError: If the arguments do not fit.

    References:
        G. Cui et al., "The Entropy Mechanism of Reinforcement Learning for Reasoning
        Language Models", 2025, arXiv 2505.22617.

    Example:
        >>> round(natural_entropy_change([0.8, 0.2], [1.0, 0.0]), 4)
        -0.2218
    """
    probs, advantage = policy_and_advantage(probs, advantage)
    return -float(np.sum(probs * advantage * centered_log_probs(probs)))


@assuming(SOFTMAX, "one sampled action")
def sampled_entropy_change(
    probs: ArrayLike, action: int, advantage: int | float
) -> float:
    """Predict dH of an update on one sampled action.

        dH/d eta = -A [pi(a) L(a) - sum_b pi(b)^2 L(b)]

    A positive update on a rare action raises entropy, on a common one it lowers it.

    Args:
        probs: pi [n], sums to one.
        action: a, in 0 .. n - 1.
        advantage: A of this action.

    Returns:
        Nats per unit of step size.

    Raises:
        ValueError: If the arguments do not fit.

    References:
        Derived here.

    Example:
        >>> round(sampled_entropy_change([0.8, 0.2], 0, 1.0), 4)
        -0.0887
        >>> round(sampled_entropy_change([0.8, 0.2], 1, 1.0), 4)
        0.3549
    """
    one = np.zeros(np.shape(probs))
    probs, _ = policy_and_advantage(probs, one)
    if check_count("action", action, 0) >= probs.size:
        raise ValueError(f"action is {action}, allowed 0 .. {probs.size - 1}")
    pulls = probs * centered_log_probs(probs)
    size = check_number("advantage", advantage, -np.inf)
    return -size * float(pulls[action] - probs @ pulls)


@assuming("any differentiable parameters", "the exact expected gradient")
def general_entropy_change(
    probs: ArrayLike, advantage: ArrayLike, scores: ArrayLike
) -> float:
    """Predict dH of a policy with any parameters, from its score vectors.

        dH/d eta = -sum_ab pi_a pi_b A_a L_b <score_a, score_b>

    The double sum is one inner product, of the gradients of E[A] and of H.

    Args:
        probs: pi [n], sums to one.
        advantage: A [n], centered or not.
        scores: d log pi(a) / d theta, one row per action [n, p].

    Returns:
        Nats per unit of step size.

    Raises:
        ValueError: If the arguments do not fit.

    References:
        Derived here; arXiv 2603.11682, Theorem 1, keeps its diagonal.

    Example:
        >>> probs = np.array([0.8, 0.2])
        >>> tabular = np.eye(2) - probs
        >>> round(general_entropy_change(probs, [1.0, 0.0], tabular), 4)
        -0.071
    """
    probs, advantage = policy_and_advantage(probs, advantage)
    scores = _rows("scores", scores, probs.size)
    gain = (probs * advantage) @ scores
    loss = (probs * centered_log_probs(probs)) @ scores
    return -float(gain @ loss)


def _rows(name: str, values: ArrayLike, n: int) -> Float[np.ndarray, "n p"]:
    rows = check_range(name, values, -np.inf)
    if rows.ndim != 2 or len(rows) != n:
        raise ValueError(f"{name} has shape {rows.shape}, allowed [{n}, p]")
    return rows
