"""Advantages: how much better than its group a rollout is."""

from __future__ import annotations

import jax.numpy as jnp
from jaxtyping import Array, Float

from retrain_sim.component import component
from retrain_sim.policy.averages import informative
from retrain_sim.ranges import at_least


@component
class Plain:
    """Subtract a constant from the reward (REINFORCE).

    Williams, "Simple statistical gradient-following algorithms", Machine Learning 8,
    1992.

    Args:
        baseline: subtracted from every reward; 0 is REINFORCE as first written.
    """

    baseline: float = 0.0

    def __call__(self, rewards: Float[Array, "p g"]) -> Float[Array, "p g"]:
        """Return R - baseline."""
        return rewards - self.baseline


@component
class Rloo:
    """Subtract the mean of the other rollouts: unbiased.

    ``A_i = R_i - mean_{j != i} R_j``. Kool, van Hoof, Welling, "Buy 4 REINFORCE
    samples, get a baseline for free!", 2019; Ahmadian et al., "Back to Basics", 2024,
    arXiv 2402.14740.

    Example:
        >>> Rloo()(jnp.array([[4.0, 1.0, 1.0]])).tolist()
        [[3.0, -1.5, -1.5]]
    """

    least_group = 2

    def __call__(self, rewards: Float[Array, "p g"]) -> Float[Array, "p g"]:
        """Return G / (G - 1) times the centered rewards."""
        group = rewards.shape[1]
        return centered(rewards) * (group / (group - 1))


@component
class GroupNormalized:
    """Divide the centered rewards by their standard deviation (GRPO, DAPO, GSPO).

    Shao et al., "DeepSeekMath", 2024, arXiv 2402.03300, section 4.1.

    Args:
        floor: added to the standard deviation, > 0.
    """

    floor: float = 1e-6
    least_group = 2

    def check(self):
        """Yield what is out of range."""
        yield from at_least(self, floor=1e-12)

    def __call__(self, rewards: Float[Array, "p g"]) -> Float[Array, "p g"]:
        """Return (R - mean) / (sd + floor); 0 where all rewards are equal."""
        sd = rewards.std(axis=1, keepdims=True)
        return centered(rewards) / (sd + self.floor)


@component
class Centered:
    """Subtract the mean of the group, and nothing more (Dr. GRPO).

    Liu et al., "Understanding R1-Zero-Like Training", 2025, arXiv 2503.20783.
    """

    least_group = 2

    def __call__(self, rewards: Float[Array, "p g"]) -> Float[Array, "p g"]:
        """Return R - mean."""
        return centered(rewards)


def centered(rewards: Float[Array, "p g"]) -> Float[Array, "p g"]:
    """Subtract the mean of every group; exactly 0 where all rewards are equal.

    The rounding of a mean, divided by a vanishing standard deviation, would be no
    small advantage.

    Example:
        >>> centered(jnp.array([[1.0, 0.0]])).tolist()
        [[0.5, -0.5]]
    """
    gaps = rewards - rewards.mean(axis=1, keepdims=True)
    return jnp.where(informative(rewards)[:, None], gaps, 0.0)


KINDS = {
    "centered": Centered,
    "group-normalized": GroupNormalized,
    "plain": Plain,
    "rloo": Rloo,
}

__all__ = ["KINDS", "Centered", "GroupNormalized", "Plain", "Rloo", "centered"]
