"""Measures of a policy that can only be sampled: from n rollouts per prompt."""

from __future__ import annotations

from typing import NamedTuple

from jaxtyping import Array, Float, Int, PRNGKeyArray

from retrain_sim.base import Rows
from retrain_sim.policy.base import Rollouts
from retrain_sim.policy.generation import Drawn
from retrain_sim.policy.pass_at_k import (
    distinct_solutions,
    kept_solutions,
    unbiased_pass_at_k,
)


class Attempts(NamedTuple):
    """Rollouts of a task on sequences, and what they came to.

    Args:
        prompts: the context of each group.
        drawn: the rollouts token by token.
        right: 1 where a rollout solves its task, 0 elsewhere.
        solutions: numbers that tell apart by what the right ones solved it.
    """

    prompts: Int[Array, " p"]
    drawn: Drawn
    right: Float[Array, "p g"]
    solutions: Int[Array, "p g"]

    @property
    def rollouts(self) -> Rollouts:
        """What a policy learns from: right rollouts pay 1."""
        actions, chosen, log_probs, _ = self.drawn
        return Rollouts(self.prompts, actions, chosen, self.right, log_probs)


def sampled_rows(
    key: PRNGKeyArray, attempts: Attempts, k: int, keep: float | Float[Array, ""]
) -> Rows:
    """Measure entropy, pass@1, pass@k, shift-pass@k and solutions in use.

    Args:
        key: decides which solutions a shift keeps.
        attempts: n rollouts per prompt.
        k: at most n.
        keep: probability that a solution survives the shift.

    Returns:
        Means over prompts; ``policy/entropy`` is that of whole rollouts, in nats,
        ``policy/distinct`` counts different right solutions among the n.
    """
    n, right = attempts.right.shape[1], attempts.right > 0.5
    shifted = right & kept_solutions(key, attempts.solutions, keep)
    counts, left = right.sum(axis=1) * 1.0, shifted.sum(axis=1) * 1.0
    return {
        "policy/entropy": attempts.drawn.entropy,
        "policy/pass@1": right.mean(),
        f"policy/pass@{k}": unbiased_pass_at_k(counts, n, k).mean(),
        f"policy/shift_pass@{k}": unbiased_pass_at_k(left, n, k).mean(),
        "policy/distinct": distinct_solutions(attempts.solutions, right).mean(),
    }
