"""Novelty: a bonus for what the model finds improbable."""

from __future__ import annotations

import dataclasses
from typing import Any, ClassVar

import jax.numpy as jnp
from jaxtyping import Array, Float

from retrain_sim.base import Judges, View, component, part

LEAST_FACTOR = 1e-30
"""Of the linear form, where a density is so high that 1 - zeta log p is negative."""


@component
class PowerNovelty:
    """Add -zeta log p(x) to every score: odds gain the factor p^(-zeta).

    With a temperature of one in the draw and zeta = 1 an infinite slate undoes the
    model's own weighting altogether.

    Args:
        inner: the score rule that it is added to.
        zeta: strength, finite; negative favors what is probable already.
    """

    needs_log_prob: ClassVar[bool] = True

    inner: Any = part("score")
    zeta: float = 0.1

    def check(self):
        """Yield what is out of range."""
        yield from _finite(self.zeta)

    def prepare(self, kit) -> PowerNovelty:
        """Prepare the inner rule."""
        return prepared(self, kit)

    def __call__(self, view: View, log_prob: Float[Array, " n"] | None) -> Judges:
        """Add the bonus to every judge's scores."""
        judges = self.inner(view, log_prob)
        return judges._replace(scores=judges.scores - self.zeta * known(log_prob)[None])


@component
class Novelty:
    """Add log(1 - zeta log p(x)) to every score: odds gain that factor.

    Args:
        inner: the score rule that it is added to.
        zeta: strength, >= 0.
    """

    needs_log_prob: ClassVar[bool] = True

    inner: Any = part("score")
    zeta: float = 0.1

    def check(self):
        """Yield what is out of range."""
        if not 0 <= self.zeta < float("inf"):
            yield "zeta", f"must be at least 0, got {self.zeta}"

    def prepare(self, kit) -> Novelty:
        """Prepare the inner rule."""
        return prepared(self, kit)

    def __call__(self, view: View, log_prob: Float[Array, " n"] | None) -> Judges:
        """Add the bonus to every judge's scores."""
        judges = self.inner(view, log_prob)
        factor = jnp.maximum(1 - self.zeta * known(log_prob), LEAST_FACTOR)
        return judges._replace(scores=judges.scores + jnp.log(factor)[None])


def known(log_prob: Float[Array, " n"] | None) -> Float[Array, " n"]:
    """Insist on the density: the loop provides it where ``needs_log_prob``."""
    if log_prob is None:
        raise ValueError("this score rule reads log p(x), and got none")
    return log_prob


def prepared(rule: Any, kit: Any) -> Any:
    """Return a wrapper with its inner rule prepared."""
    prepare = getattr(rule.inner, "prepare", None)
    return dataclasses.replace(rule, inner=prepare(kit)) if prepare else rule


def _finite(zeta: float):
    if not abs(float(zeta)) < float("inf"):
        yield "zeta", f"must be finite, got {zeta}"
