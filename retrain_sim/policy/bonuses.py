"""Bonuses: differentiable terms that are added to the objective, token by token."""

from __future__ import annotations

import jax.numpy as jnp
from jaxtyping import Array, Float

from retrain_sim.component import component
from retrain_sim.policy.laws import entropy_of
from retrain_sim.ranges import at_least


@component
class NoBonus:
    """Add nothing."""

    def __call__(
        self, log_probs: Float[Array, " p #g t a"], reference: Float[Array, " p #g t a"]
    ) -> Float[Array, " p #g t"]:
        """Return zero."""
        return jnp.zeros(log_probs.shape[:-1])


@component
class EntropyBonus:
    """Add the entropy of the law of every token, by the full softmax.

    Williams, Peng, "Function optimization using connectionist reinforcement learning
    algorithms", Connection Science 3, 1991. With the ``additive`` controller on its
    coefficient it is the adaptive bonus.

    Args:
        coefficient: of the entropy in nats, >= 0.
    """

    coefficient: float = 0.1

    def check(self):
        """Yield what is out of range."""
        yield from at_least(self, coefficient=0)

    def __call__(
        self, log_probs: Float[Array, " p #g t a"], reference: Float[Array, " p #g t a"]
    ) -> Float[Array, " p #g t"]:
        """Return coefficient * H."""
        return self.coefficient * entropy_of(log_probs)


@component
class KlReference:
    """Subtract the divergence KL(pi || pi_ref) from the initial policy.

    Args:
        coefficient: of the divergence in nats, >= 0.
    """

    coefficient: float = 0.05

    def check(self):
        """Yield what is out of range."""
        yield from at_least(self, coefficient=0)

    def __call__(
        self, log_probs: Float[Array, " p #g t a"], reference: Float[Array, " p #g t a"]
    ) -> Float[Array, " p #g t"]:
        """Return - coefficient * KL, by the full softmax."""
        ahead = jnp.exp(log_probs) * (log_probs - reference)
        return -self.coefficient * ahead.sum(axis=-1)


KINDS = {"entropy": EntropyBonus, "kl-reference": KlReference, "none": NoBonus}

__all__ = ["KINDS", "EntropyBonus", "KlReference", "NoBonus"]
