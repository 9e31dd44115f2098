"""Measures of a policy that can only be sampled: from n rollouts per prompt."""

from __future__ import annotations

from jaxtyping import Array, Float, Int, PRNGKeyArray

from retrain_sim.base import Rows
from retrain_sim.policy.generation import Drawn
from retrain_sim.policy.pass_at_k import (
    distinct_solutions,
    kept_solutions,
    unbiased_pass_at_k,
)


def sampled_rows(
    key: PRNGKeyArray,
    drawn: Drawn,
    rewards: Float[Array, "p g"],
    solutions: Int[Array, "p g"],
    k: int,
    keep: float | Float[Array, ""],
) -> Rows:
    """Measure entropy, pass@1, pass@k, shift-pass@k and solutions in use.

    Args:
        key: decides which solutions a shift keeps.
        drawn: n rollouts per prompt.
        rewards: of each rollout; right if above 0.5.
        solutions: what each rollout solved the task by.
        k: at most n.
        keep: probability that a solution survives the shift.

    Returns:
        Means over prompts; ``policy/entropy`` is that of whole rollouts, in nats,
        ``policy/distinct`` counts different right solutions among the n.
    """
    n, right = rewards.shape[1], rewards > 0.5
    shifted = right & kept_solutions(key, solutions, keep)
    counts, left = right.sum(axis=1) * 1.0, shifted.sum(axis=1) * 1.0
    return {
        "policy/entropy": drawn.entropy,
        "policy/pass@1": right.mean(),
        f"policy/pass@{k}": unbiased_pass_at_k(counts, n, k).mean(),
        f"policy/shift_pass@{k}": unbiased_pass_at_k(left, n, k).mean(),
        "policy/distinct": distinct_solutions(solutions, right).mean(),
    }
