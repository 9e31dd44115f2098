"""Entropy that is lost by sampling alone, to second order: nobody is rewarded."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from retrain_sim.policy.theory.entropy import centered_log_probs
from retrain_sim.policy.theory.first_order import SOFTMAX
from retrain_sim.theory.checks import check_count, check_number, check_probs
from retrain_sim.theory.laws.hypotheses import assuming


@assuming(
    SOFTMAX,
    "advantages independent of the actions, with mean zero",
    "on-policy samples, nothing clipped",
    "small steps: step_size^2 variance / n_samples << 1",
)
def sampling_entropy_drift(
    probs: ArrayLike,
    step_size: int | float,
    n_samples: int,
    variance: int | float = 1.0,
) -> float:
    """Predict the mean entropy change of one step on rewards that are pure noise.

        E[dH] = eta^2 v / (2 G) [-sum pi^2 (1 + L) + sum pi^3 (2 + 3 L)
                                 - 2 s sum pi^2 L - s^2],   s = sum pi^2

    The step is eta/G times the sum of A_i times the score of action i. Advantages of
    one group may depend on each other (a group baseline): scores have mean zero and
    are independent, so only the variance v of one advantage counts.

    Args:
        probs: pi [n], sums to one.
        step_size: eta >= 0.
        n_samples: G >= 1, actions per step.
        variance: v >= 0, the mean of A^2; 1 for advantages divided by their deviation.

    Returns:
        Nats per step; negative unless the policy is deterministic.

    Raises:
        ValueError: If an argument is outside these ranges.

    References:
        Derived here: half the trace of the Hessian of H in the logits times the
        covariance of the step.

    Example:
        >>> round(sampling_entropy_drift([0.8, 0.2], 0.5, n_samples=16), 6)
        -0.000135
    """
    p = check_probs("probs", probs)
    excess = centered_log_probs(p)
    eta = check_number("step_size", step_size, 0.0)
    scale = eta**2 * check_number("variance", variance, 0.0)
    scale /= 2 * check_count("n_samples", n_samples, 1)
    s = float(np.sum(p**2))
    trace = -np.sum(p**2 * (1 + excess)) + np.sum(p**3 * (2 + 3 * excess))
    return float(scale * (trace - 2 * s * np.sum(p**2 * excess) - s**2))


@assuming("maximum likelihood on samples of the model alone", "n_samples >> 1/pi")
def resampling_entropy_drift(probs: ArrayLike, n_samples: int) -> float:
    """Predict the mean entropy change of one refit on own samples.

        E[dH] = -(K - 1) / (2 n),   K = number of outcomes with mass

    The same second-order effect as `sampling_entropy_drift`: the covariance of the
    refitted probabilities, (diag pi - pi pi^T) / n, times half the Hessian of H.

    Args:
        probs: pi [n], sums to one.
        n_samples: samples per generation, >= 1.

    Returns:
        Nats per generation.

    Raises:
        ValueError: If an argument is outside these ranges.

    References:
        G. A. Miller, "Note on the Bias of Information Estimates", Information Theory in
        Psychology, 1955.

    Example:
        >>> resampling_entropy_drift([0.5, 0.25, 0.25], n_samples=100)
        -0.01
    """
    survivors = np.count_nonzero(check_probs("probs", probs))
    return -int(survivors - 1) / (2 * check_count("n_samples", n_samples, 1))
