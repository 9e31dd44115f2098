"""A bandit with many right answers, then others: what collapse costs (task T1)."""

from __future__ import annotations

import math

import jax
import jax.numpy as jnp
from jaxtyping import Array, Int, PRNGKeyArray

from retrain_sim.base import Params, Rows
from retrain_sim.component import component, static
from retrain_sim.policy.base import Policy, Rollouts
from retrain_sim.policy.laws import choose, one_token
from retrain_sim.policy.solutions import coverage, law_of, shift_pass_at_k
from retrain_sim.ranges import at_least, shares


@component
class ManySolutions:
    """One prompt with many correct arms; every later task has other correct arms.

    Task i = 0, 1, ... rewards the arms ``[i m, (i + 1) m)``: which arms these are does
    not matter where the initial logits are exchangeable.

    Args:
        n_arms: K.
        n_correct: m, correct arms of each task.
        n_tasks: tasks in a row, with disjoint solutions: ``n_tasks * n_correct < K``.
        rounds_per_task: rounds before the next task; the last task stays.
        shift_k: k of shift-pass@k; 0 to leave it out.
        keep: probability that a solution survives a shift.
    """

    n_arms: int = static(default=100)
    n_correct: int = static(default=10)
    n_tasks: int = static(default=2)
    rounds_per_task: int = static(default=500)
    shift_k: int = static(default=16)
    keep: float = 0.3

    def check(self):
        """Yield what is out of range."""
        yield from at_least(self, n_correct=1, n_tasks=1, rounds_per_task=1, shift_k=0)
        if self.n_tasks * self.n_correct >= self.n_arms:
            taken = f"{self.n_tasks} x {self.n_correct} solutions"
            yield "n_arms", f"must exceed {taken}: else all rewards are equal"
        yield from shares(self, "keep")

    @property
    def greatest_entropy(self) -> float:
        """Entropy of the most varied perfect policy, in nats: log m."""
        return math.log(self.n_correct)

    def task_at(self, round: Int[Array, ""]) -> Int[Array, ""]:
        """Return the number of the task that is trained in a round."""
        return jnp.minimum(round // self.rounds_per_task, self.n_tasks - 1)

    def rollout(
        self,
        key: PRNGKeyArray,
        round: Int[Array, ""],
        policy: Policy,
        params: Params,
        group_size: int,
    ) -> Rollouts:
        """Draw arms; the correct ones pay 1."""
        prompts = jnp.zeros(1, jnp.int32)
        actions, log_probs = choose(key, policy, params, prompts, group_size)
        right = actions[..., 0] // self.n_correct == self.task_at(round)
        return one_token(prompts, actions, right.astype(jnp.float32), log_probs)

    def metrics(
        self, key: PRNGKeyArray, round: Int[Array, ""], policy: Policy, params: Params
    ) -> Rows:
        """Measure entropy, pass@1 of the task in training, and every task apart."""
        probs, entropy = law_of(policy, params, jnp.zeros(1, jnp.int32))
        n = self.n_tasks * self.n_correct
        solutions = probs[0, :n].reshape(self.n_tasks, self.n_correct)
        right = solutions.sum(axis=1)
        rows = {
            "policy/entropy": entropy[0],
            "policy/pass@1": right[self.task_at(round)],
        }
        measures = {"policy/pass@1": right, "policy/coverage": coverage(solutions)}
        if self.shift_k:
            kept = jax.random.uniform(key, solutions.shape) < self.keep
            shifted = shift_pass_at_k(solutions, kept, self.shift_k)
            measures[f"policy/shift_pass@{self.shift_k}"] = shifted
        for name, values in measures.items():
            rows |= {f"{name}/task-{i + 1}": x for i, x in enumerate(values)}
        return rows
