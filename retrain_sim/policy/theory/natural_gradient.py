"""The natural gradient with a constant penalty on likely actions, solved."""

from __future__ import annotations

import numpy as np
from jaxtyping import Float
from numpy.typing import ArrayLike

from retrain_sim.policy.theory.entropy import policy_and_advantage
from retrain_sim.policy.theory.first_order import SOFTMAX
from retrain_sim.theory.checks import check_count, check_number, check_range
from retrain_sim.theory.laws.hypotheses import assuming

EXACT = "the natural gradient of exact advantages"


@assuming(SOFTMAX, EXACT, "a constant beta > 0", "step_size beta < 2")
def natural_gradient_limit(
    reward: ArrayLike, beta: int | float
) -> Float[np.ndarray, " n"]:
    """Return where the natural gradient of A - beta L comes to rest.

        pi(a) ~ exp(r(a) / beta),  whatever the start

    Args:
        reward: r [n], finite.
        beta: > 0, in units of the reward.

    Returns:
        pi [n], sums to one.

    Raises:
        ValueError: If an argument is outside these ranges.

    References:
        Derived here, for arXiv 2603.11682 (REPO with a constant beta).

    Example:
        >>> natural_gradient_limit([1.0, 0.0], beta=1.0).round(4)
        array([0.7311, 0.2689])
    """
    reward = check_range("reward", reward, -np.inf)
    return _softmax(reward / check_number("beta", beta, np.finfo(float).tiny))


@assuming(SOFTMAX, EXACT, "a constant beta >= 0")
def natural_gradient_path(
    probs: ArrayLike,
    reward: ArrayLike,
    beta: int | float,
    step_size: int | float,
    n_steps: int,
) -> Float[np.ndarray, "rows n"]:
    """Solve every step of z <- z + eta (r - beta log pi) in closed form.

        log pi_t = (1 - eta beta)^t log pi_0 + (1 - (1 - eta beta)^t) r / beta + const

    Args:
        probs: pi_0 [n], all positive.
        reward: r [n].
        beta: >= 0; 0 is the plain natural gradient.
        step_size: eta >= 0.
        n_steps: T >= 0.

    Returns:
        pi_0 .. pi_T [n_steps + 1, n].

    Raises:
        ValueError: If an argument is outside these ranges.

    References:
        Derived here.

    Example:
        >>> natural_gradient_path([0.5, 0.5], [1.0, 0.0], 1.0, 0.5, 1).round(4)
        array([[0.5   , 0.5   ],
               [0.6225, 0.3775]])
    """
    probs, reward = policy_and_advantage(probs, reward)
    if not (probs > 0).all():
        raise ValueError("probs contains 0.0, allowed positive: its logit is -inf")
    rate = check_number("step_size", step_size, 0.0) * check_number("beta", beta, 0.0)
    steps = np.arange(check_count("n_steps", n_steps, 0) + 1)[:, None]
    # (1 - (1 - eta beta)^t) / beta, which tends to eta t as beta goes to zero.
    kept = (1 - rate) ** steps
    gained = (1 - kept) / beta if beta > 0 else step_size * steps
    return _softmax(kept * np.log(probs) + gained * reward)


def _softmax(logits: Float[np.ndarray, "*batch n"]) -> Float[np.ndarray, "*batch n"]:
    weights = np.exp(logits - logits.max(axis=-1, keepdims=True))
    return weights / weights.sum(axis=-1, keepdims=True)
