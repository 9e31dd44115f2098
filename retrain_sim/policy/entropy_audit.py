"""One exact policy-gradient step of any policy: its entropy change, and predictions."""

from __future__ import annotations

from typing import NamedTuple

import jax
import jax.numpy as jnp
from jaxtyping import Array, Float, Int

from retrain_sim.base import Params
from retrain_sim.policy.base import Policy
from retrain_sim.policy.laws import entropy_of


class StepAudit(NamedTuple):
    """What a step did to the mean entropy over states, and what was expected, nats.

    Args:
        actual: H after the step minus H before.
        first_order: the step size times <grad J, grad H>: every inner product of
            score vectors, across actions and states.
        diagonal: the published form, which keeps a = b and s = s' and takes score
            vectors for orthonormal: -eta E[A L pi] / S of S states.
    """

    actual: Float[Array, ""]
    first_order: Float[Array, ""]
    diagonal: Float[Array, ""]


def audit_step(
    policy: Policy,
    params: Params,
    prompts: Int[Array, " p"],
    actions: Int[Array, "p g t"],
    advantage: Float[Array, " p #g t a"],
    step_size: float | Float[Array, ""],
) -> StepAudit:
    """Take one step along the exact gradient of the mean advantage.

    Call it inside ``jax.enable_x64(True)``: small steps drown in float32 rounding.

    Args:
        policy: any policy.
        params: where it stands.
        prompts: the contexts.
        actions: tokens that lead to the states; every place is a state.
        advantage: of every action in every state; it is centered here.
        step_size: eta > 0.

    Returns:
        The entropy change, exact to first order, and by the diagonal.

    References:
        A. Petrenko et al., "Entropy-Preserving Reinforcement Learning", 2026, arXiv
        2603.11682, Theorem 1 (the diagonal); the rest is derived here.

    Example:
        >>> from retrain_sim.policy.policies import Tabular
        >>> policy, actions = Tabular(n_actions=3), jnp.zeros((1, 1, 1), jnp.int32)
        >>> params = policy.init(jax.random.key(0))
        >>> advantage = jnp.array([1.0, 0.0, 0.0]).reshape(1, 1, 1, 3)
        >>> prompts = jnp.zeros(1, jnp.int32)
        >>> made = audit_step(policy, params, prompts, actions, advantage, 0.1)
        >>> bool(jnp.isclose(made.first_order, made.diagonal))  # tabular, centered
        True
    """

    def log_laws(params: Params) -> Array:
        return jax.nn.log_softmax(policy.logits(params, prompts, actions))

    logs = log_laws(params)
    probs = jnp.exp(logs)
    rest = advantage - (probs * advantage).sum(axis=-1, keepdims=True)

    def gain(params: Params) -> Array:
        return (jnp.exp(log_laws(params)) * rest).sum(axis=-1).mean()

    def entropy(params: Params) -> Array:
        return entropy_of(log_laws(params)).mean()

    slope = jax.grad(gain)(params)
    before, rate = jax.jvp(entropy, (params,), (slope,))
    after = entropy(jax.tree.map(lambda x, g: x + step_size * g, params, slope))
    excess = logs + entropy_of(logs)[..., None]
    drops = (probs**2 * rest * excess).sum(axis=-1)
    diagonal = -step_size * drops.mean() / drops.size
    return StepAudit(after - before, step_size * rate, diagonal)
