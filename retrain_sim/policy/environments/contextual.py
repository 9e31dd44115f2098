"""A bandit with contexts: every prompt has right answers of its own."""

from __future__ import annotations

import math

import jax
import jax.numpy as jnp
from jaxtyping import Array, Int, PRNGKeyArray

from retrain_sim.base import Params, Rows
from retrain_sim.component import component, static
from retrain_sim.policy.base import Policy, Rollouts
from retrain_sim.policy.laws import choose, one_token
from retrain_sim.policy.solutions import coverage, law_of
from retrain_sim.ranges import at_least


@component
class Contextual:
    """Prompts drawn at random, each with correct arms of its own.

    Context c rewards the arms ``c m, ..., c m + m - 1`` modulo K.

    Args:
        n_contexts: how many contexts there are.
        n_prompts: contexts drawn per round, with replacement.
        n_arms: K.
        n_correct: m < K, correct arms of a context.
    """

    n_contexts: int = static(default=8)
    n_prompts: int = static(default=4)
    n_arms: int = static(default=20)
    n_correct: int = static(default=4)

    def check(self):
        """Yield what is out of range."""
        yield from at_least(self, n_contexts=1, n_prompts=1, n_arms=2, n_correct=1)
        if self.n_correct >= self.n_arms:
            message = (
                f"must be below n_arms = {self.n_arms}: else all rewards are equal"
            )
            yield "n_correct", message

    @property
    def greatest_entropy(self) -> float:
        """Entropy of the most varied perfect policy, in nats: log m."""
        return math.log(self.n_correct)

    def rollout(
        self,
        key: PRNGKeyArray,
        round: Int[Array, ""],
        policy: Policy,
        params: Params,
        group_size: int,
    ) -> Rollouts:
        """Draw contexts and arms; the correct ones pay 1."""
        key_prompt, key_choose = jax.random.split(key)
        prompts = jax.random.randint(key_prompt, (self.n_prompts,), 0, self.n_contexts)
        actions, log_probs = choose(key_choose, policy, params, prompts, group_size)
        place = (actions[..., 0] - prompts[:, None] * self.n_correct) % self.n_arms
        rewards = (place < self.n_correct).astype(jnp.float32)
        return one_token(prompts, actions, rewards, log_probs)

    def metrics(
        self, key: PRNGKeyArray, round: Int[Array, ""], policy: Policy, params: Params
    ) -> Rows:
        """Measure means over all contexts: entropy, pass@1, coverage."""
        contexts = jnp.arange(self.n_contexts)
        probs, entropy = law_of(policy, params, contexts)
        first = contexts[:, None] * self.n_correct
        places = (first + jnp.arange(self.n_correct)[None]) % self.n_arms
        solutions = jnp.take_along_axis(probs, places, axis=1)
        return {
            "policy/entropy": entropy.mean(),
            "policy/pass@1": solutions.sum(axis=1).mean(),
            "policy/coverage": coverage(solutions).mean(),
        }
