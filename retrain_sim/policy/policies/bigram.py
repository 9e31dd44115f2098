"""One logit per prompt, token before, and action."""

from __future__ import annotations

import jax
import jax.numpy as jnp
from jaxtyping import Array, Float, Int, PRNGKeyArray

from retrain_sim.base import Params
from retrain_sim.component import component, static
from retrain_sim.ranges import at_least


@component
class Bigram:
    """A table of logits that sees the prompt and the token before.

    Args:
        n_actions: the vocabulary, >= 2.
        n_contexts: prompts, >= 1.
        spread: standard deviation of the initial logits, >= 0.
    """

    n_actions: int = static(default=8)
    n_contexts: int = static(default=1)
    spread: float = 1.0

    def check(self):
        """Yield what is out of range."""
        yield from at_least(self, n_actions=2, n_contexts=1, spread=0)

    def init(self, key: PRNGKeyArray) -> Params:
        """Draw normal logits ``[context, token before or none, action]``."""
        shape = (self.n_contexts, self.n_actions + 1, self.n_actions)
        return self.spread * jax.random.normal(key, shape)

    def logits(
        self, params: Params, prompts: Int[Array, " p"], actions: Int[Array, "p g t"]
    ) -> Float[Array, "p g t a"]:
        """Look up prompt and token before."""
        return params[prompts[:, None, None], before(actions, self.n_actions)]


def before(actions: Int[Array, "p g t"], start: int) -> Int[Array, "p g t"]:
    """Shift tokens by one place: what each token follows.

    Args:
        actions: the tokens.
        start: what the first token follows.

    Example:
        >>> before(jnp.array([[[3, 1, 2]]]), 9).tolist()
        [[[9, 3, 1]]]
    """
    return jnp.pad(actions[..., :-1], ((0, 0), (0, 0), (1, 0)), constant_values=start)
