"""Drawing rollouts token by token, from a policy and an environment that replies."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple, Protocol, runtime_checkable

import jax
import jax.numpy as jnp
from jaxtyping import Array, Float, Int, PRNGKeyArray

from retrain_sim.base import Params
from retrain_sim.policy.base import Policy
from retrain_sim.policy.laws import draw_actions, entropy_of


@runtime_checkable
class Incremental(Protocol):
    """A policy that remembers the tokens so far: one step costs one token."""

    def begin(self, params: Params, prompts: Int[Array, " p"], group_size: int) -> Any:
        """Return the memory before the first token."""
        ...

    def advance(
        self,
        params: Params,
        memory: Any,
        at: Int[Array, ""],
        previous: Int[Array, "p g"],
    ) -> tuple[Any, Float[Array, "p g a"]]:
        """Read the token before place ``at`` (ignored at 0); return logits there."""
        ...


Reply = Callable[[Array, Array], tuple[Array, Array]]
"""``(place, actions [p g t]) -> (token [p g], whether it is the environment's)``."""


class Drawn(NamedTuple):
    """Rollouts token by token.

    Args:
        actions: the tokens.
        chosen: 1 where the policy chose.
        log_probs: log pi(token); 0 where the environment chose.
        entropies: H of the law that each token was drawn from, in nats; 0 likewise.
    """

    actions: Int[Array, "p g t"]
    chosen: Float[Array, "p g t"]
    log_probs: Float[Array, "p g t"]
    entropies: Float[Array, "p g t"]

    @property
    def entropy(self) -> Float[Array, ""]:
        """Estimate the trajectory entropy, E[sum over t of H_t], in nats.

        By the chain rule it is that of whole rollouts, -E[log pi(rollout)], with less
        variance than the mean of -log pi(rollout).
        """
        return self.entropies.sum(axis=-1).mean()


def silent(at: Array, actions: Array) -> tuple[Array, Array]:
    """Never reply: every token is the policy's."""
    return actions[..., 0], jnp.bool_(False)


def generate(
    key: PRNGKeyArray,
    policy: Policy,
    params: Params,
    prompts: Int[Array, " p"],
    group_size: int,
    length: int,
    reply: Reply = silent,
) -> Drawn:
    """Draw a group of rollouts for every prompt.

    Args:
        key: a PRNG key.
        policy: any policy; one that is ``Incremental`` is asked for one token a time.
        params: its parameters.
        prompts: the context of each group.
        group_size: G.
        length: T, tokens of every rollout.
        reply: what the environment says, and when.

    Returns:
        The rollouts.
    """
    begin, advance = _stepping(policy, length)
    start = jnp.zeros((len(prompts), group_size, length), jnp.int32)

    def step(carry: tuple[Any, Array], at: Array) -> tuple[tuple[Any, Array], tuple]:
        memory, actions = carry
        previous = actions[..., jnp.maximum(at - 1, 0)]
        memory, logits = advance(params, memory, prompts, at, previous, actions)
        log_probs = jax.nn.log_softmax(logits)
        drawn = draw_actions(jax.random.fold_in(key, at), log_probs, 1)[..., 0]
        said, replies = reply(at, actions)
        token = jnp.where(replies, said, drawn)
        log_prob = jnp.take_along_axis(log_probs, token[..., None], axis=-1)[..., 0]
        chosen = jnp.broadcast_to(1.0 - replies, token.shape)
        row = (chosen, log_prob * chosen, entropy_of(log_probs) * chosen)
        return (memory, actions.at[..., at].set(token)), row

    memory = begin(params, prompts, group_size)
    (_, actions), rows = jax.lax.scan(step, (memory, start), jnp.arange(length))
    return Drawn(actions, *(jnp.moveaxis(row, 0, -1) for row in rows))


def _stepping(policy: Policy, length: int) -> tuple[Callable, Callable]:
    """Return how to begin and to advance, whether or not the policy remembers."""
    if isinstance(policy, Incremental):
        made: Any = policy

        def advance(params, memory, prompts, at, previous, actions):
            return made.advance(params, memory, at, previous)

        return made.begin, advance

    def look(params, memory, prompts, at, previous, actions):
        logits = policy.logits(params, prompts, actions)[..., at, :]
        shape = (*actions.shape[:2], logits.shape[-1])
        return memory, jnp.broadcast_to(logits, shape)

    return lambda params, prompts, group_size: (), look
