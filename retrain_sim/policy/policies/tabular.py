"""One logit per context, place and action."""

from __future__ import annotations

import jax
from jaxtyping import Array, Float, Int, PRNGKeyArray

from retrain_sim.base import Params
from retrain_sim.component import component, static
from retrain_sim.ranges import at_least


@component
class Tabular:
    """A table of logits: no token depends on another.

    Args:
        n_actions: arms, or the vocabulary, >= 2.
        n_contexts: prompts, >= 1.
        length: tokens per rollout, >= 1; 1 for bandits.
        spread: standard deviation of the initial logits, >= 0.
    """

    n_actions: int = static(default=100)
    n_contexts: int = static(default=1)
    length: int = static(default=1)
    spread: float = 1.0

    def check(self):
        """Yield what is out of range."""
        yield from at_least(self, n_actions=2, n_contexts=1, length=1, spread=0)

    def init(self, key: PRNGKeyArray) -> Params:
        """Draw normal logits ``[context, token, action]``."""
        shape = (self.n_contexts, self.length, self.n_actions)
        return self.spread * jax.random.normal(key, shape)

    def logits(
        self, params: Params, prompts: Int[Array, " p"], actions: Int[Array, "p g t"]
    ) -> Float[Array, "p 1 t a"]:
        """Look the prompts up; a group shares its law."""
        if self.n_contexts == 1:  # a gather would cost more than the rest of the step
            return params[None].repeat(len(prompts), axis=0)
        return params[prompts][:, None]
