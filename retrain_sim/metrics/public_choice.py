"""What the public would choose, if it were asked."""

from __future__ import annotations

import jax.numpy as jnp
from jaxtyping import PRNGKeyArray

from retrain_sim.base import Frame, Rows, View, component
from retrain_sim.curation.draws.choose import softmax_odds
from retrain_sim.curation.scores import RandomVoter
from retrain_sim.metrics.shares import group_shares


@component
class PublicChoice:
    """Group shares of a second curation that is measured but not trained on.

    ``public/share/<group>``: what a public with its own voter weights would keep of
    p_t, by infinite slates; for the owner-only loop, in which the public's feedback
    never reaches the model. ``public/reward``: the public's mean reward of all of p_t.

    Args:
        voter_weights: of the public: >= 0, one per reward, summing to one.
        temperature: of its choice, > 0.

    References:
        Falahati, Mohammadi Amiri, Larson, Golab, "The Alignment Game", AAAI 2026,
        arXiv 2511.12804.
    """

    voter_weights: tuple[float, ...]
    temperature: float = 1.0

    def check(self):
        """Yield what is out of range."""
        yield from RandomVoter(self.voter_weights).check()
        if not self.temperature > 0:
            yield "temperature", f"must be positive, got {self.temperature}"

    def prepare(self, kit) -> PublicChoice:
        """Check that there is one weight per reward."""
        given, needed = len(self.voter_weights), len(kit.reward_names)
        if given != needed:
            message = f"one weight per reward is needed: {given} for {needed}"
            kit.fail("metrics.public-choice.voter_weights", message)
        return self

    def __call__(self, key: PRNGKeyArray, view: View, frame: Frame) -> Rows:
        """Let the public choose from the view."""
        voters = jnp.asarray(self.voter_weights)
        there = jnp.where(view.weights > 0, view.rewards, -jnp.inf)
        odds = softmax_odds(there, self.temperature) * view.weights[None]
        chosen = voters @ (odds / odds.sum(axis=1, keepdims=True))
        shares = group_shares(view._replace(weights=chosen), len(frame.group_names))
        names = enumerate(frame.group_names)
        rows = {f"public/share/{name}": shares[i] for i, name in names}
        mean = jnp.where(view.weights > 0, view.rewards, 0) @ view.weights
        return rows | {"public/reward": voters @ mean / view.weights.sum()}
