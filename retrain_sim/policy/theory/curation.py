"""Curation as a policy-gradient step: keep own samples with a weight, and refit."""

from __future__ import annotations

import numpy as np
from jaxtyping import Float
from numpy.typing import ArrayLike

from retrain_sim.policy.theory.entropy import entropy, policy_and_advantage
from retrain_sim.policy.theory.first_order import natural_entropy_change
from retrain_sim.theory.checks import check_count, check_number, check_range
from retrain_sim.theory.laws.hypotheses import assuming

REFIT = "infinitely many samples and an ideal fit: pi' ~ pi w"


@assuming(REFIT)
def curated_policy(probs: ArrayLike, weights: ArrayLike) -> Float[np.ndarray, " n"]:
    """Return the refit on weighted own samples, pi' = pi w / E[w].

    Equal to one natural-gradient step of size 1 on the advantage log w.

    Args:
        probs: pi [n], sums to one.
        weights: w [n], >= 0, positive somewhere with mass.

    Returns:
        pi' [n], sums to one.

    Raises:
        ValueError: If the arguments do not fit, or nothing is kept.

    References:
        Derived here (the replicator map).

    Example:
        >>> curated_policy([0.5, 0.25, 0.25], [1.0, 1.0, 0.0]).round(4)
        array([0.6667, 0.3333, 0.    ])
    """
    probs, weights = policy_and_advantage(probs, check_range("weights", weights, 0.0))
    kept = probs * weights
    if not kept.sum() > 0:
        raise ValueError("weights are 0 wherever probs has mass: nothing is kept")
    return kept / kept.sum()


@assuming(REFIT)
def curated_entropy_change(probs: ArrayLike, weights: ArrayLike) -> float:
    """Return H(pi') - H(pi) of the refit, exactly; see `curated_policy`.

    Args:
        probs: pi [n], sums to one.
        weights: w [n], >= 0.

    Returns:
        Nats.

    Raises:
        ValueError: If the arguments do not fit, or nothing is kept.

    References:
        Derived here.

    Example:
        >>> round(curated_entropy_change([0.5, 0.25, 0.25], [1.0, 1.0, 0.0]), 4)
        -0.4032
    """
    return entropy(curated_policy(probs, weights)) - entropy(probs)


@assuming(REFIT, "weights close to equal: first order in w / E[w] - 1")
def predicted_curation_change(probs: ArrayLike, weights: ArrayLike) -> float:
    """Predict the entropy change of curation as a natural-gradient step.

        dH ~ -Cov_pi(w / E[w], log pi)

    Args:
        probs: pi [n], sums to one.
        weights: w [n], >= 0.

    Returns:
        Nats.

    Raises:
        ValueError: If the arguments do not fit, or nothing is kept.

    References:
        Derived here.

    Example:
        >>> exact = curated_entropy_change([0.6, 0.4], [1.01, 0.99])
        >>> abs(predicted_curation_change([0.6, 0.4], [1.01, 0.99]) / exact - 1) < 0.03
        True
    """
    curated_policy(probs, weights)
    probs, weights = policy_and_advantage(probs, weights)
    return natural_entropy_change(probs, weights / (probs @ weights) - 1)


@assuming(REFIT, "all items accepted alike", "the weight p^-zeta of every generation")
def novelty_log_odds(
    log_odds: int | float, zeta: int | float, n_rounds: int
) -> Float[np.ndarray, " rows"]:
    """Predict the log odds of two accepted items under the weight p^(-zeta).

        log odds_t = (1 - zeta)^t log odds_0

    So the only rest point is the uniform law on what is accepted: what is rare grows.

    Args:
        log_odds: log pi_0(a) - log pi_0(b), nats.
        zeta: in [0, 2].
        n_rounds: T >= 0.

    Returns:
        Generations 0 .. T [n_rounds + 1].

    Raises:
        ValueError: If an argument is outside these ranges.

    References:
        Derived here, for the weight of arXiv 2603.11682 (REPO) in its power form.

    Example:
        >>> novelty_log_odds(1.0, 0.1, 2).round(4)
        array([1.  , 0.9 , 0.81])
    """
    start = check_number("log_odds", log_odds, -np.inf)
    kept = 1 - check_number("zeta", zeta, 0.0, 2.0)
    return start * kept ** np.arange(check_count("n_rounds", n_rounds, 0) + 1)
