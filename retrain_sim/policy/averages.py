"""Averages: how tokens and rollouts are weighted in the objective."""

from __future__ import annotations

import jax.numpy as jnp
from jaxtyping import Array, Bool, Float

from retrain_sim.component import component, static


@component
class RolloutMean:
    """Average the tokens of every rollout, then the rollouts (GRPO, GSPO)."""

    def __call__(
        self, chosen: Float[Array, "p g t"], rewards: Float[Array, "p g"]
    ) -> Float[Array, "p g t"]:
        """Weight a token by 1 / (rollouts * length of its rollout)."""
        length = jnp.maximum(chosen.sum(axis=-1, keepdims=True), 1.0)
        return chosen / length / rewards.size


@component
class RolloutSum:
    """Sum the tokens of every rollout, average the rollouts (REINFORCE, RLOO).

    No length normalization, as in Dr. GRPO up to a constant factor: Liu et al.,
    "Understanding R1-Zero-Like Training", 2025, arXiv 2503.20783.
    """

    def __call__(
        self, chosen: Float[Array, "p g t"], rewards: Float[Array, "p g"]
    ) -> Float[Array, "p g t"]:
        """Weight a token by 1 / rollouts."""
        return chosen / rewards.size


@component
class TokenMean:
    """Average over all tokens of the round (DAPO).

    Yu et al., "DAPO: An Open-Source LLM Reinforcement Learning System at Scale", 2025,
    arXiv 2503.14476.

    Args:
        dynamic: whether groups with equal rewards are left out (dynamic sampling,
            without drawing new ones in their place).
    """

    dynamic: bool = static(default=True)

    def __call__(
        self, chosen: Float[Array, "p g t"], rewards: Float[Array, "p g"]
    ) -> Float[Array, "p g t"]:
        """Weight a token by 1 / tokens; nothing where nothing is left."""
        if self.dynamic:
            chosen = chosen * informative(rewards)[:, None, None]
        return chosen / jnp.maximum(chosen.sum(), 1.0)


def informative(rewards: Float[Array, "p g"]) -> Bool[Array, " p"]:
    """Tell which groups have rewards that differ: the others teach nothing.

    Example:
        >>> informative(jnp.array([[0.0, 1.0], [1.0, 1.0]])).tolist()
        [True, False]
    """
    return rewards.max(axis=1) > rewards.min(axis=1)


KINDS = {
    "rollout-mean": RolloutMean,
    "rollout-sum": RolloutSum,
    "token-mean": TokenMean,
}

__all__ = ["KINDS", "RolloutMean", "RolloutSum", "TokenMean", "informative"]
