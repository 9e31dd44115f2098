"""Rewards that do not depend on the action: whatever the entropy does is drift."""

from __future__ import annotations

import jax
import jax.numpy as jnp
from jaxtyping import Array, Int, PRNGKeyArray

from retrain_sim.base import Params, Rows
from retrain_sim.component import component
from retrain_sim.policy.base import Policy, Rollouts
from retrain_sim.policy.laws import choose, one_token
from retrain_sim.policy.solutions import law_of


@component
class RandomReward:
    """A bandit whose arms all pay 1 with the same probability.

    Args:
        probability: of a reward, in (0, 1).
    """

    probability: float = 0.5

    def check(self):
        """Yield what is out of range."""
        if not 0 < self.probability < 1:
            message = "must be between 0 and 1: else all rewards are equal"
            yield "probability", f"{message}, got {self.probability}"

    def rollout(
        self,
        key: PRNGKeyArray,
        round: Int[Array, ""],
        policy: Policy,
        params: Params,
        group_size: int,
    ) -> Rollouts:
        """Draw arms, and rewards beside them."""
        key_choose, key_reward = jax.random.split(key)
        prompts = jnp.zeros(1, jnp.int32)
        actions, log_probs = choose(key_choose, policy, params, prompts, group_size)
        paid = jax.random.uniform(key_reward, actions.shape[:2]) < self.probability
        return one_token(prompts, actions, paid.astype(jnp.float32), log_probs)

    def metrics(
        self, key: PRNGKeyArray, round: Int[Array, ""], policy: Policy, params: Params
    ) -> Rows:
        """Measure the entropy of the policy, in nats."""
        _, entropy = law_of(policy, params, jnp.zeros(1, jnp.int32))
        return {"policy/entropy": entropy[0]}
