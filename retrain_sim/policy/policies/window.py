"""Networks on prompt, place and the last tokens: linear, or with a hidden layer."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import jax
import jax.numpy as jnp
from jaxtyping import Array, Float, Int, PRNGKeyArray

from retrain_sim.base import Params
from retrain_sim.component import component, static
from retrain_sim.policy.precision import FORMATS, matmul
from retrain_sim.ranges import at_least


def window_features(
    prompts: Int[Array, " p"],
    actions: Int[Array, "p g t"],
    n_contexts: int,
    n_actions: int,
    window: int,
) -> Float[Array, "p g t f"]:
    """Write prompt, place and the last tokens as ones and zeros.

    Args:
        prompts: the context of each group.
        actions: the tokens.
        n_contexts: prompts there are.
        n_actions: the vocabulary.
        window: tokens looked back.

    Returns:
        Features, ``n_contexts + t + window * n_actions`` of them.

    Example:
        >>> actions = jnp.array([[[1, 0]]])
        >>> window_features(jnp.array([0]), actions, 1, 2, 1)[0, 0].tolist()
        [[1.0, 1.0, 0.0, 0.0, 0.0], [1.0, 0.0, 1.0, 0.0, 1.0]]
    """
    length = actions.shape[-1]
    context = jax.nn.one_hot(prompts, n_contexts)[:, None, None]
    place = jnp.eye(length)[None, None]
    tokens = jax.nn.one_hot(actions, n_actions)
    padded = jnp.pad(tokens, ((0, 0), (0, 0), (window, 0), (0, 0)))
    back = [
        padded[:, :, window - i : window - i + length] for i in range(1, window + 1)
    ]
    wide = [
        jnp.broadcast_to(part, (*actions.shape, part.shape[-1]))
        for part in (context, place)
    ]
    return jnp.concatenate([*wide, *back], axis=-1)


class Window:
    """A policy that is shown prompt, place and the last tokens.

    A subclass has the settings that ``window_faults`` reads.
    """

    @property
    def n_features(self) -> int:
        """Numbers that describe a place."""
        made: Any = self
        return made.n_contexts + made.length + made.window * made.n_actions

    def features(
        self, prompts: Int[Array, " p"], actions: Int[Array, "p g t"]
    ) -> Float[Array, "p g t f"]:
        """Describe every place: see ``window_features``."""
        made: Any = self
        sizes = made.n_contexts, made.n_actions, made.window
        return window_features(prompts, actions, *sizes)


def window_faults(policy: Any) -> Iterator[tuple[str, str]]:
    """Yield what is out of range among the settings of every such policy."""
    sizes = {"n_actions": 2, "n_contexts": 1, "length": 1, "window": 1}
    yield from at_least(policy, spread=0, **sizes)


@component
class Linear(Window):
    """Logits linear in prompt, place and the last tokens.

    Args:
        n_actions: the vocabulary, >= 2.
        n_contexts: prompts, >= 1.
        length: tokens per rollout, >= 1.
        window: tokens looked back, >= 1.
        spread: standard deviation of the initial weights, >= 0.
    """

    n_actions: int = static(default=8)
    n_contexts: int = static(default=1)
    length: int = static(default=4)
    window: int = static(default=2)
    spread: float = 0.5

    def check(self):
        """Yield what is out of range."""
        yield from window_faults(self)

    def init(self, key: PRNGKeyArray) -> Params:
        """Draw normal weights ``[feature, action]``."""
        shape = (self.n_features, self.n_actions)
        return self.spread * jax.random.normal(key, shape)

    def logits(
        self, params: Params, prompts: Int[Array, " p"], actions: Int[Array, "p g t"]
    ) -> Float[Array, "p g t a"]:
        """Multiply features and weights."""
        return self.features(prompts, actions) @ params


@component
class Mlp(Window):
    """Logits by one hidden layer of prompt, place and the last tokens.

    Args:
        n_actions: the vocabulary, >= 2.
        n_contexts: prompts, >= 1.
        length: tokens per rollout, >= 1.
        window: tokens looked back, >= 1.
        hidden: units, >= 1.
        spread: size of the initial logits, >= 0.
        matmul: format of the matrix products: float32, bfloat16 or float16.
    """

    n_actions: int = static(default=8)
    n_contexts: int = static(default=1)
    length: int = static(default=4)
    window: int = static(default=2)
    hidden: int = static(default=32)
    spread: float = 1.0
    matmul: str = static(default="float32")

    def check(self):
        """Yield what is out of range."""
        yield from window_faults(self)
        yield from at_least(self, hidden=1)
        if self.matmul not in FORMATS:
            yield "matmul", f"must be one of {', '.join(FORMATS)}, got {self.matmul!r}"

    def init(self, key: PRNGKeyArray) -> Params:
        """Draw normal weights, the logits of deviation about ``spread``."""
        key_in, key_out = jax.random.split(key)
        active = self.window + 2
        first = jax.random.normal(key_in, (self.n_features, self.hidden))
        second = jax.random.normal(key_out, (self.hidden, self.n_actions))
        scale = self.spread * 1.6 / self.hidden**0.5  # tanh of a normal: sd 0.63
        return {"in": first / active**0.5, "out": second * scale}

    def logits(
        self, params: Params, prompts: Int[Array, " p"], actions: Int[Array, "p g t"]
    ) -> Float[Array, "p g t a"]:
        """Run the network at every place."""
        features = self.features(prompts, actions)
        hidden = jnp.tanh(matmul(features, params["in"], self.matmul))
        return matmul(hidden, params["out"], self.matmul)
