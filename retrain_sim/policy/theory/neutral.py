"""How strong the penalty on likely actions must be for entropy to stand still."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from retrain_sim.policy.theory.entropy import centered_log_probs, policy_and_advantage
from retrain_sim.policy.theory.first_order import SOFTMAX
from retrain_sim.theory.laws.hypotheses import assuming


@assuming(SOFTMAX, "the exact expected gradient", "first order in the step size")
def neutral_beta(probs: ArrayLike, advantage: ArrayLike) -> float:
    """Return the beta for which A - beta L leaves entropy as it is.

        beta* = E[(A - E[A]) L pi] / E[L^2 pi]

    Args:
        probs: pi [n], sums to one.
        advantage: A [n], centered or not.

    Returns:
        beta*; 0 for a policy whose entropy cannot change (all L = 0).

    Raises:
        ValueError: If the arguments do not fit.

    References:
        Derived here, for arXiv 2603.11682 (REPO).

    Example:
        >>> from retrain_sim.policy.theory import tabular_entropy_change
        >>> probs, advantage = np.array([0.5, 0.3, 0.2]), np.array([1.0, 0.0, 0.5])
        >>> beta = neutral_beta(probs, advantage)
        >>> mended = advantage - beta * centered_log_probs(probs)
        >>> abs(tabular_entropy_change(probs, mended)) < 1e-15
        True
    """
    probs, advantage = policy_and_advantage(probs, advantage)
    return _slope(probs, advantage - probs @ advantage, probs**2)


@assuming(SOFTMAX, "the natural gradient", "first order in the step size")
def natural_neutral_beta(probs: ArrayLike, advantage: ArrayLike) -> float:
    """Return the neutral beta of the natural gradient, a regression slope.

        beta* = Cov_pi(A, L) / Var_pi(L)

    Args:
        probs: pi [n], sums to one.
        advantage: A [n], centered or not.

    Returns:
        beta*; 0 for a uniform or deterministic policy.

    Raises:
        ValueError: If the arguments do not fit.

    References:
        Derived here, for arXiv 2603.11682 (REPO).

    Example:
        >>> round(natural_neutral_beta([0.8, 0.2], [1.0, 0.0]), 4)
        0.7213
    """
    probs, advantage = policy_and_advantage(probs, advantage)
    return _slope(probs, advantage, probs)


def _slope(probs, advantage, weights) -> float:
    """Regress the advantage on L, weighted, through the origin."""
    excess = centered_log_probs(probs)
    spread = float(np.sum(weights * excess**2))
    product = float(np.sum(weights * advantage * excess))
    return product / spread if spread > 1e-30 else 0.0
