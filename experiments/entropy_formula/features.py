"""Linear softmax policies on action features: how good is the diagonal there?"""

from __future__ import annotations

import numpy as np
from jaxtyping import Float

from retrain_sim.policy.theory import (
    centered_log_probs,
    diagonal_entropy_change,
    entropy,
    general_entropy_change,
    natural_entropy_change,
    sampled_entropy_change,
    tabular_entropy_change,
)

K = 50


def pairs(
    dim: int, n_draws: int, shift: float = 0.0
) -> tuple[Float[np.ndarray, " r"], Float[np.ndarray, " r"]]:
    """Draw features, weights and advantages; return exact and diagonal changes.

    Args:
        dim: of the features; their inner products have a deviation of 1 / sqrt(dim).
        n_draws: how many.
        shift: added to the centered advantages that the diagonal sees.
    """
    rng = np.random.default_rng(dim)
    rows = []
    for _ in range(n_draws):
        features = rng.normal(size=(K, dim)) / np.sqrt(dim)
        probs = _softmax(features @ rng.normal(size=dim))
        advantage = rng.normal(size=K)
        advantage -= probs @ advantage
        scores = features - probs @ features
        exact = general_entropy_change(probs, advantage, scores)
        rows.append((exact, diagonal_entropy_change(probs, advantage + shift)))
    exact, diagonal = np.array(rows).T
    return exact, diagonal


def tabular_errors(step: float, n_draws: int) -> dict[str, float]:
    """Measure the relative error of every exact form on tabular steps.

    Args:
        step: eta.
        n_draws: random policies of K actions.
    """
    rng, found = np.random.default_rng(0), {}
    for _ in range(n_draws):
        logits, advantage = rng.normal(size=(2, K))
        probs = _softmax(logits)
        action = int(rng.choice(K, p=probs))
        score = np.eye(K)[action] - probs
        forms = {
            "exact gradient": (
                probs * (advantage - probs @ advantage),
                tabular_entropy_change(probs, advantage),
            ),
            "natural gradient": (advantage, natural_entropy_change(probs, advantage)),
            "one sampled action": (score, sampled_entropy_change(probs, action, 1.0)),
            "penalty on likely actions": (
                -probs * (centered_log_probs(probs)),
                tabular_entropy_change(probs, -centered_log_probs(probs)),
            ),
        }
        for name, (direction, rate) in forms.items():
            change = entropy(_softmax(logits + step * direction)) - entropy(probs)
            found.setdefault(name, []).append((change, step * rate))
    return {name: relative_error(*np.array(rows).T) for name, rows in found.items()}


def relative_error(
    actual: Float[np.ndarray, " r"], predicted: Float[np.ndarray, " r"]
) -> float:
    """Return the root mean square of the error over that of what happened."""
    return float(np.sqrt(np.mean((actual - predicted) ** 2) / np.mean(actual**2)))


def _softmax(logits: Float[np.ndarray, " n"]) -> Float[np.ndarray, " n"]:
    weights = np.exp(logits - logits.max())
    return weights / weights.sum()
