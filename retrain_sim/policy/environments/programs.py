"""Programs: sequences of operations on a number, many of which reach the goal."""

from __future__ import annotations

import math

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Int, PRNGKeyArray

from retrain_sim.base import Params
from retrain_sim.component import component, static
from retrain_sim.policy.base import Policy
from retrain_sim.policy.environments.sequences import Sequences, sampling_faults
from retrain_sim.policy.generation import generate
from retrain_sim.policy.sampled_measures import Attempts
from retrain_sim.ranges import at_least


@component
class Programs(Sequences):
    """Write a program that turns the prompt's number into the goal, modulo m.

    Even tokens v add v/2 + 1, odd ones multiply by (v + 3)/2. About one program of m is
    right, whatever its length; which tokens are good depends on those before.

    Args:
        n_actions: the vocabulary, >= 2.
        length: tokens of a program, >= 1.
        n_contexts: starting numbers 1, 2, ...; one group of rollouts for each.
        modulus: m, above ``goal`` and ``n_contexts``.
        goal: what a right program returns, >= 1.
        n_measured: rollouts per prompt that metrics are taken from.
        k: of pass@k, at most ``n_measured``.
        keep: probability that a solution survives the shift of shift-pass@k.
    """

    n_actions: int = static(default=8)
    length: int = static(default=4)
    n_contexts: int = static(default=1)
    modulus: int = static(default=17)
    goal: int = static(default=7)
    n_measured: int = static(default=64)
    k: int = static(default=16)
    keep: float = 0.3

    def check(self):
        """Yield what is out of range."""
        yield from at_least(self, n_actions=2, length=1, goal=1)
        yield from sampling_faults(self)
        if self.modulus <= max(self.goal, self.n_contexts):
            yield "modulus", "must be above goal and n_contexts"

    @property
    def greatest_entropy(self) -> float:
        """Entropy of the most varied perfect policy, in nats per token."""
        logs = [math.log(max(n, 1)) for n in self.n_solutions]
        return float(np.mean(logs)) / self.length

    @property
    def n_solutions(self) -> list[int]:
        """Count the right programs of every prompt, by walking backwards."""
        factor, term = _operations(self.n_actions)
        ways = [int(x == self.goal) for x in range(self.modulus)]
        for _ in range(self.length):
            ways = [
                sum(
                    ways[(a * x + b) % self.modulus]
                    for a, b in zip(factor, term, strict=True)
                )
                for x in range(self.modulus)
            ]
        return [ways[(i + 1) % self.modulus] for i in range(self.n_contexts)]

    def result(
        self, prompts: Int[Array, " p"], actions: Int[Array, "p g t"]
    ) -> Int[Array, "p g"]:
        """Run programs on the numbers of their prompts."""
        factor, term = (jnp.asarray(x) for x in _operations(self.n_actions))
        start = jnp.broadcast_to(prompts[:, None] + 1, actions.shape[:2])

        def apply(value: Array, token: Array) -> tuple[Array, None]:
            return (value * factor[token] + term[token]) % self.modulus, None

        value, _ = jax.lax.scan(apply, start, jnp.moveaxis(actions, -1, 0))
        return value

    def _attempt(
        self, key: PRNGKeyArray, policy: Policy, params: Params, n: int
    ) -> Attempts:
        """Draw programs; those that reach the goal are right."""
        prompts = jnp.arange(self.n_contexts)
        drawn = generate(key, policy, params, prompts, n, self.length)
        right = self.result(prompts, drawn.actions) == self.goal
        solutions = _numbered(drawn.actions, self.n_actions)
        return Attempts(prompts, drawn, right.astype(jnp.float32), solutions)


def _operations(n: int) -> tuple[list[int], list[int]]:
    """Return factor and term of every token's operation, x -> factor x + term."""
    tokens = range(n)
    factors = [1 if v % 2 == 0 else (v + 3) // 2 for v in tokens]
    return factors, [v // 2 + 1 if v % 2 == 0 else 0 for v in tokens]


def _numbered(actions: Int[Array, "p g t"], base: int) -> Int[Array, "p g"]:
    """Number sequences; long ones modulo 2^32, where few collide."""
    long = base ** actions.shape[-1] > 2**32

    def append(number: Array, token: Array) -> tuple[Array, None]:
        number = number * jnp.uint32(max(base, 2)) + token
        return number ^ (number >> 15) if long else number, None

    tokens = jnp.moveaxis(actions, -1, 0).astype(jnp.uint32)
    number, _ = jax.lax.scan(append, jnp.zeros(tokens.shape[1:], jnp.uint32), tokens)
    return number.astype(jnp.int32)
