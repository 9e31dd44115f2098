"""Entropies to hold: fixed, stepped or ramped; in nats, or as a share of the start."""

from __future__ import annotations

import jax.numpy as jnp
from jaxtyping import Array, Float, Int

from retrain_sim.component import component, static
from retrain_sim.ranges import at_least


@component
class Held:
    """The same entropy in every round.

    REPO and ADAPO hold the entropy of the initial policy: level 1, relative.

    Args:
        level: a share of the initial entropy, or nats.
        relative: whether ``level`` is a share.

    Example:
        >>> Held(level=0.5)(jnp.int32(3), jnp.float32(4.0)).item()
        2.0
    """

    level: float = 1.0
    relative: bool = static(default=True)

    def check(self):
        """Yield what is out of range."""
        yield from at_least(self, level=0)

    def __call__(
        self, round: Int[Array, ""], start: Float[Array, ""]
    ) -> Float[Array, ""]:
        """Return the level in nats."""
        return self.level * _unit(start, self.relative)


@component
class Stepped:
    """One entropy before a round, another from it on.

    Args:
        before: the first level, a share of the initial entropy or nats.
        after: the second level.
        at: the first round of the second level, >= 0.
        relative: whether the levels are shares.
    """

    before: float = 1.0
    after: float = 0.5
    at: int = static(default=100)
    relative: bool = static(default=True)

    def check(self):
        """Yield what is out of range."""
        yield from at_least(self, before=0, after=0, at=0)

    def __call__(
        self, round: Int[Array, ""], start: Float[Array, ""]
    ) -> Float[Array, ""]:
        """Return the level of the round in nats."""
        level = jnp.where(round < self.at, self.before, self.after)
        return level * _unit(start, self.relative)


@component
class Ramped:
    """An entropy that changes linearly, then stays: some entropy must be spent.

    Args:
        first: the level of round 0, a share of the initial entropy or nats.
        last: the level from ``rounds`` on.
        rounds: how long the change takes, >= 1.
        relative: whether the levels are shares.
    """

    first: float = 1.0
    last: float = 0.5
    rounds: int = static(default=100)
    relative: bool = static(default=True)

    def check(self):
        """Yield what is out of range."""
        yield from at_least(self, first=0, last=0, rounds=1)

    def __call__(
        self, round: Int[Array, ""], start: Float[Array, ""]
    ) -> Float[Array, ""]:
        """Return the level of the round in nats."""
        share = jnp.minimum(round / self.rounds, 1.0)
        level = self.first + share * (self.last - self.first)
        return level * _unit(start, self.relative)


def _unit(start: Float[Array, ""], relative: bool) -> Float[Array, ""]:
    return start if relative else jnp.ones_like(start)


KINDS = {"held": Held, "ramped": Ramped, "stepped": Stepped}

__all__ = ["KINDS", "Held", "Ramped", "Stepped"]
