"""Noise: some decisions are made by adversaries, or by nobody in particular."""

from __future__ import annotations

from typing import Any

import jax.numpy as jnp
from jaxtyping import Array, Float

from retrain_sim.base import Judges, View, component, part
from retrain_sim.curation.scores.novelty import prepared


@component
class AdversarialVoters:
    """A share of all decisions is made with the scores' signs turned around.

    Args:
        inner: the score rule of the honest rest.
        share: of the decisions, in [0, 1].

    References:
        X. Wei, X. Zhang, "Self-Consuming Generative Models with Adversarially Curated
        Data", ICML 2025, arXiv 2505.09768.
    """

    inner: Any = part("score")
    share: float = 0.1

    def check(self):
        """Yield what is out of range."""
        yield from _share(self.share)

    def prepare(self, kit) -> AdversarialVoters:
        """Prepare the inner rule."""
        return prepared(self, kit)

    def __call__(self, view: View, log_prob: Float[Array, " n"] | None) -> Judges:
        """Add one adversary per judge."""
        judges = self.inner(view, log_prob)
        return _joined(judges, -judges.scores, self.share)


@component
class CarelessVoters:
    """A share of all decisions is made at random: noise that curates nothing.

    Args:
        inner: the score rule of the careful rest.
        share: of the decisions, in [0, 1].
    """

    inner: Any = part("score")
    share: float = 0.1

    def check(self):
        """Yield what is out of range."""
        yield from _share(self.share)

    def prepare(self, kit) -> CarelessVoters:
        """Prepare the inner rule."""
        return prepared(self, kit)

    def __call__(self, view: View, log_prob: Float[Array, " n"] | None) -> Judges:
        """Add one careless judge, who gives everything a score of 1, per judge."""
        judges = self.inner(view, log_prob)
        return _joined(judges, jnp.ones_like(judges.scores), self.share)


def _joined(judges: Judges, scores: Array, share: float | Array) -> Judges:
    return Judges(
        jnp.concatenate([judges.scores, scores]),
        jnp.concatenate([(1 - share) * judges.weights, share * judges.weights]),
        jnp.concatenate([judges.voter, judges.voter]),
    )


def _share(share: float):
    if not 0 <= share <= 1:
        yield "share", f"must be between 0 and 1, got {share}"
