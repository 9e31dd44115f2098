"""Clips: the importance ratio of a token, and where it stops to count."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import jax.numpy as jnp
from jaxtyping import Array, Bool, Float

from retrain_sim.component import component


@component
class NoClip:
    """Use the plain ratio, however far the policy has moved."""

    def ratio(
        self, log_ratio: Float[Array, "p g t"], chosen: Float[Array, "p g t"]
    ) -> Float[Array, "p g t"]:
        """Return the ratio of every token."""
        return jnp.exp(log_ratio)

    def active(
        self, ratio: Float[Array, "p g t"], advantage: Float[Array, "p g t"]
    ) -> Bool[Array, "p g t"]:
        """Keep every token."""
        return jnp.ones(ratio.shape, bool)


@component
class Ppo:
    """Stop a token once its ratio has moved far enough (PPO; DAPO's clip-higher).

    ``min(rho A, clip(rho, 1 - e_low, 1 + e_high) A)`` has no gradient where A > 0 and
    rho > 1 + e_high, or A < 0 and rho < 1 - e_low. Schulman et al., 2017,
    arXiv 1707.06347, equation 7; Yu et al., 2025, arXiv 2503.14476.

    Args:
        e_low: in (0, 1]; 1 is no lower clip.
        e_high: in (0, 1].
    """

    e_low: float = 0.2
    e_high: float = 0.2

    def check(self):
        """Yield what is out of range."""
        yield from _ranges(self)

    def ratio(
        self, log_ratio: Float[Array, "p g t"], chosen: Float[Array, "p g t"]
    ) -> Float[Array, "p g t"]:
        """Return the ratio of every token."""
        return jnp.exp(log_ratio)

    def active(
        self, ratio: Float[Array, "p g t"], advantage: Float[Array, "p g t"]
    ) -> Bool[Array, "p g t"]:
        """Leave out what has moved far enough."""
        return _within(ratio, advantage, self.e_low, self.e_high)


@component
class Gspo:
    """Clip whole rollouts by the geometric mean of their ratios (GSPO).

    ``s = exp(mean_t log rho_t)``. Zheng et al., "Group Sequence Policy Optimization",
    2025, arXiv 2507.18071.

    Args:
        e_low: in (0, 1].
        e_high: in (0, 1].
    """

    e_low: float = 3e-4
    e_high: float = 4e-4

    def check(self):
        """Yield what is out of range."""
        yield from _ranges(self)

    def ratio(
        self, log_ratio: Float[Array, "p g t"], chosen: Float[Array, "p g t"]
    ) -> Float[Array, "p g t"]:
        """Return the rollout's ratio at each of its tokens."""
        length = jnp.maximum(chosen.sum(axis=-1, keepdims=True), 1.0)
        mean = (log_ratio * chosen).sum(axis=-1, keepdims=True) / length
        return jnp.broadcast_to(jnp.exp(mean), log_ratio.shape)

    def active(
        self, ratio: Float[Array, "p g t"], advantage: Float[Array, "p g t"]
    ) -> Bool[Array, "p g t"]:
        """Leave out what has moved far enough."""
        return _within(ratio, advantage, self.e_low, self.e_high)


def _within(ratio: Any, advantage: Any, e_low: Any, e_high: Any) -> Any:
    up = (advantage > 0) & (ratio > 1 + e_high)
    down = (advantage < 0) & (ratio < 1 - e_low)
    return ~(up | down)


def _ranges(clip: Any) -> Iterator[tuple[str, str]]:
    for name in ("e_low", "e_high"):
        if not 0 < getattr(clip, name) <= 1:
            yield name, f"must be above 0 and at most 1, got {getattr(clip, name)}"


KINDS = {"gspo": Gspo, "none": NoClip, "ppo": Ppo}

__all__ = ["KINDS", "Gspo", "NoClip", "Ppo"]
