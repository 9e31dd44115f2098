"""Control: hold an entropy by turning a knob, round by round.

One object for every loop that has an entropy and a knob: the coefficient or the clip of
a policy gradient, the strength of a curation rule, the share of real data. It sees the
entropy of a round and says how the knob is set in the next.
"""

from __future__ import annotations

from typing import NamedTuple, Protocol

import jax.numpy as jnp
from jaxtyping import Array, Float, Int


class Control(NamedTuple):
    """Where a controller stands.

    Args:
        value: how the knob is set now.
        memory: what the controller adapts; mostly the value itself.
        start: the entropy before the first round, in nats.
        round: rounds seen so far.
    """

    value: Float[Array, ""]
    memory: Float[Array, ""]
    start: Float[Array, ""]
    round: Int[Array, ""]


class Target(Protocol):
    """An entropy to hold."""

    def __call__(
        self, round: Int[Array, ""], start: Float[Array, ""]
    ) -> Float[Array, ""]:
        """Return the entropy wanted in a round, in nats, given that of the start."""
        ...


class Controller(Protocol):
    """How a knob follows the entropy."""

    def init(self, value: Float[Array, ""], entropy: Float[Array, ""]) -> Control:
        """Start from the knob's own setting and the entropy before round 0."""
        ...

    def update(self, control: Control, entropy: Float[Array, ""]) -> Control:
        """See the entropy of a round; set the knob for the next."""
        ...


def started(value: Float[Array, ""], entropy: Float[Array, ""]) -> Control:
    """Return the control before round 0: the knob as it was set.

    Example:
        >>> float(started(jnp.float32(0.5), jnp.float32(4.0)).value)
        0.5
    """
    value = jnp.asarray(value, jnp.float32)
    return Control(value, value, jnp.asarray(entropy, jnp.float32), jnp.int32(0))


def turned(control: Control, value: Float[Array, ""]) -> Control:
    """Set the knob, and count the round."""
    return control._replace(value=value, memory=value, round=control.round + 1)
