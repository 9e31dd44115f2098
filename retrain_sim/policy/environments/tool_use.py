"""Two turns: ask a tool, read its reply, answer; only the answer is rewarded."""

from __future__ import annotations

import math

import jax
import jax.numpy as jnp
from jaxtyping import Array, Bool, Int, PRNGKeyArray

from retrain_sim.base import Params, Rows
from retrain_sim.component import component, static
from retrain_sim.policy.base import Policy
from retrain_sim.policy.environments.sequences import Sequences, sampling_faults
from retrain_sim.policy.generation import generate
from retrain_sim.policy.sampled_measures import Attempts
from retrain_sim.ranges import at_least

TOOL, KEY, REPLY, ANSWER = range(4)


@component
class ToolUse(Sequences):
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
        yield from at_least(self, n_tools=2, n_working=1, n_values=2)
        yield from sampling_faults(self)
        if self.n_working > self.n_tools:
            yield "n_working", f"must be at most n_tools, got {self.n_working}"

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
        """Entropy of the most varied perfect policy, in nats per token it chooses."""
        return math.log(self.n_working) / (self.length - 1)

    def _attempt(
        self, key: PRNGKeyArray, policy: Policy, params: Params, n: int
    ) -> Attempts:
        """Draw both turns; an answer equal to the hidden value is right.

        A solution is the tool that worked, or none of them.
        """
        key_draw, key_value = jax.random.split(key)
        prompts = jnp.arange(self.n_contexts)
        shape = (self.n_contexts, n)
        value = self.n_tools + jax.random.randint(key_value, shape, 0, self.n_values)

        def reply(at: Array, actions: Array) -> tuple[Array, Array]:
            works = self.works(prompts, actions)
            return jnp.where(works, value, self.n_actions - 1), at == REPLY

        drawn = generate(key_draw, policy, params, prompts, n, self.length, reply)
        right = drawn.actions[..., ANSWER] == value
        works = self.works(prompts, drawn.actions)
        tools = jnp.where(works, drawn.actions[..., TOOL], self.n_tools)
        return Attempts(prompts, drawn, right.astype(jnp.float32), tools)

    def _further(self, attempts: Attempts, policy: Policy, params: Params) -> Rows:
        """Measure how often a working tool was called."""
        return {"policy/calls_that_work": (attempts.solutions < self.n_tools).mean()}

    def works(
        self, prompts: Int[Array, " p"], actions: Int[Array, "p g t"]
    ) -> Bool[Array, "p g"]:
        """Tell whether the call names a working tool and its key."""
        tool = actions[..., TOOL]
        wanted = self.n_tools + (prompts[:, None] + tool) % self.n_values
        return (tool < self.n_working) & (actions[..., KEY] == wanted)
