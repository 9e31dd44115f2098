"""Optimizers: gradient ascent on the parameters of a policy."""

from __future__ import annotations

from typing import Any

import jax
import optax

from retrain_sim.base import Params
from retrain_sim.component import component
from retrain_sim.ranges import positive


@component
class Sgd:
    """Step along the gradient.

    Args:
        rate: step size, > 0.
    """

    rate: float = 0.5

    def check(self):
        """Yield what is out of range."""
        yield from positive(self, "rate")

    def init(self, params: Params) -> Any:
        """Return nothing: there is no state."""
        return ()

    def step(self, gradient: Params, state: Any, params: Params) -> tuple[Params, Any]:
        """Add the gradient times the rate."""
        moved = jax.tree.map(lambda x, g: x + self.rate * g, params, gradient)
        return moved, state


@component
class Adam:
    """Step along the gradient in units of its size (Adam, optax's defaults).

    Args:
        rate: step size, > 0.
    """

    rate: float = 1e-3

    def check(self):
        """Yield what is out of range."""
        yield from positive(self, "rate")

    def init(self, params: Params) -> Any:
        """Return zero moments."""
        return optax.scale_by_adam().init(params)

    def step(self, gradient: Params, state: Any, params: Params) -> tuple[Params, Any]:
        """Add the scaled gradient times the rate."""
        scaled, state = optax.scale_by_adam().update(gradient, state)
        return jax.tree.map(lambda x, g: x + self.rate * g, params, scaled), state


KINDS = {"adam": Adam, "sgd": Sgd}

__all__ = ["KINDS", "Adam", "Sgd"]
