"""An algorithm: small values, one per question, and what they make of a round."""

from __future__ import annotations

from typing import Any

import jax.numpy as jnp
from jaxtyping import Array, Float

from retrain_sim.component import component, part, replaced, static
from retrain_sim.control import Fixed
from retrain_sim.control.base import Controller
from retrain_sim.policy.advantages import Rloo
from retrain_sim.policy.arithmetics import Exact
from retrain_sim.policy.averages import RolloutMean
from retrain_sim.policy.base import (
    Advantage,
    Arithmetic,
    Average,
    Bonus,
    Clip,
    Optimizer,
    Transform,
)
from retrain_sim.policy.bonuses import NoBonus
from retrain_sim.policy.clips import NoClip
from retrain_sim.policy.optimizers import Sgd
from retrain_sim.policy.transforms import Unchanged
from retrain_sim.ranges import at_least


@component
class Algorithm:
    """A policy-gradient algorithm; by default RLOO, strictly on-policy.

    Args:
        advantage: compares the rewards of a group.
        average: weights tokens and rollouts.
        clip: the importance ratio, and where it stops to count.
        transform: changes advantages by log-probabilities (REPO).
        bonus: is added to the objective.
        controller: turns the knob, once per round.
        optimizer: moves the parameters.
        arithmetic: the precision of log-probabilities and ratios.
        knob: what the controller turns: a dotted path in here, as ``transform.zeta``,
            ``clip.e_high`` or ``bonus.coefficient``; empty for nothing.
        group_size: G, rollouts per prompt.
        epochs: gradient steps per round; 1 is strictly on-policy.
    """

    advantage: Advantage = part("advantage", default=Rloo())
    average: Average = part("average", default=RolloutMean())
    clip: Clip = part("clip", default=NoClip())
    transform: Transform = part("transform", default=Unchanged())
    bonus: Bonus = part("bonus", default=NoBonus())
    controller: Controller = part("controller", default=Fixed())
    optimizer: Optimizer = part("optimizer", default=Sgd())
    arithmetic: Arithmetic = part("arithmetic", default=Exact())
    knob: str = static(default="")
    group_size: int = static(default=16)
    epochs: int = static(default=1)

    def check(self):
        """Yield what is out of range, or does not fit together."""
        yield from at_least(self, group_size=1, epochs=1)
        if self.group_size < getattr(self.advantage, "least_group", 1):
            kind = type(self.advantage).__name__
            yield "group_size", f"{kind} compares within a group: at least 2, got 1"
        if self.knob and self._look_up() is None:
            yield "knob", f"nothing to turn is called {self.knob!r} in this algorithm"
        if not self.knob and not isinstance(self.controller, Fixed):
            yield "knob", "the controller needs one, as transform.zeta"

    def _look_up(self) -> Any:
        node: Any = self
        for name in self.knob.split("."):
            node = getattr(node, name, None)
        return node

    def setting(self) -> Float[Array, ""]:
        """Return how the knob is set in the algorithm itself; 0 without a knob."""
        return jnp.asarray(self._look_up() if self.knob else 0.0, jnp.float32)

    def turned(self, value: Float[Array, ""]) -> Algorithm:
        """Return the algorithm with its knob set."""
        return replaced(self, self.knob, value) if self.knob else self
