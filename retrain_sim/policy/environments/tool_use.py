"""Two turns: ask a tool, read its reply, answer; only the answer is rewarded."""

from __future__ import annotations

import math

import jax
import jax.numpy as jnp
from jaxtyping import Array, Bool, Float, Int, PRNGKeyArray

from retrain_sim.base import Params, Rows
from retrain_sim.component import component, static
from retrain_sim.policy.base import Policy, Rollouts
from retrain_sim.policy.generation import Drawn, generate
from retrain_sim.policy.sampled_measures import sampled_rows
from retrain_sim.ranges import at_least

TOOL, KEY, REPLY, ANSWER = range(4)


@component
class ToolUse:
    """Look a hidden value up with any of several tools, and repeat it.

    A rollout is tool, key, the environment's reply, answer. Tokens below ``n_tools``
    name tools, the others data; the last one is the reply "error". The first
    ``n_working`` tools work: each wants the key (prompt + tool) modulo the number of
    data tokens. The value is new in every rollout, so it cannot be memorized: without
    a working call the answer is a guess.

    Args:
        n_tools: tools there are, >= 2.
        n_working: of them, those that work, in [1, n_tools].
        n_values: values there are, >= 2.
        n_contexts: prompts, one group of rollouts for each.
        n_measured: rollouts per prompt that metrics are taken from.
        k: of pass@k, at most ``n_measured``.
        keep: probability that a tool survives the shift of shift-pass@k.
    """

    n_tools: int = static(default=3)
    n_working: int = static(default=2)
    n_values: int = static(default=4)
    n_contexts: int = static(default=1)
    n_measured: int = static(default=64)
    k: int = static(default=16)
    keep: float = 0.5

    def check(self):
        """Yield what is out of range."""
        sizes = {"n_tools": 2, "n_working": 1, "n_values": 2, "n_contexts": 1}
        yield from at_least(self, k=1, **sizes)
        if self.n_working > self.n_tools:
            yield "n_working", f"must be at most n_tools, got {self.n_working}"
        if self.k > self.n_measured:
            yield "k", f"must be at most n_measured = {self.n_measured}, got {self.k}"
        if not 0 <= self.keep <= 1:
            yield "keep", f"must be between 0 and 1, got {self.keep}"

    @property
    def length(self) -> int:
        """Tokens of a rollout, the reply among them."""
        return 4

    @property
    def n_actions(self) -> int:
        """Size of the vocabulary: tools, values, and the error."""
        return self.n_tools + self.n_values + 1

    @property
    def greatest_entropy(self) -> float:
        """Entropy of the most varied perfect policy, in nats: log of working tools."""
        return math.log(self.n_working)

    def rollout(
        self,
        key: PRNGKeyArray,
        round: Int[Array, ""],
        policy: Policy,
        params: Params,
        group_size: int,
    ) -> Rollouts:
        """Draw both turns; an answer equal to the hidden value pays 1."""
        prompts, drawn, rewards = self._drawn(key, policy, params, group_size)
        actions, chosen, log_probs, _ = drawn
        return Rollouts(prompts, actions, chosen, rewards, log_probs)

    def _drawn(
        self, key: PRNGKeyArray, policy: Policy, params: Params, n: int
    ) -> tuple[Int[Array, " p"], Drawn, Float[Array, "p n"]]:
        key_draw, key_value = jax.random.split(key)
        prompts = jnp.arange(self.n_contexts)
        shape = (self.n_contexts, n)
        value = self.n_tools + jax.random.randint(key_value, shape, 0, self.n_values)

        def reply(at: Array, actions: Array) -> tuple[Array, Array]:
            works = self.works(prompts, actions)
            return jnp.where(works, value, self.n_actions - 1), at == REPLY

        drawn = generate(key_draw, policy, params, prompts, n, self.length, reply)
        right = drawn.actions[..., ANSWER] == value
        return prompts, drawn, right.astype(jnp.float32)

    def works(
        self, prompts: Int[Array, " p"], actions: Int[Array, "p g t"]
    ) -> Bool[Array, "p g"]:
        """Tell whether the call names a working tool and its key."""
        tool = actions[..., TOOL]
        wanted = self.n_tools + (prompts[:, None] + tool) % self.n_values
        return (tool < self.n_working) & (actions[..., KEY] == wanted)

    def metrics(
        self, key: PRNGKeyArray, round: Int[Array, ""], policy: Policy, params: Params
    ) -> Rows:
        """Measure on fresh rollouts; a solution is the tool that worked."""
        key_draw, key_shift = jax.random.split(key)
        prompts, drawn, rewards = self._drawn(key_draw, policy, params, self.n_measured)
        works = self.works(prompts, drawn.actions)
        tools = jnp.where(works, drawn.actions[..., TOOL], self.n_tools)
        rows = sampled_rows(key_shift, drawn, rewards, tools, self.k, self.keep)
        return rows | {"policy/calls_that_work": works.mean()}
