"""A tiny causal transformer: the smallest policy with everything a large one has."""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
from jaxtyping import Array, Bool, Float, Int, PRNGKeyArray

from retrain_sim.base import Params
from retrain_sim.component import component, static
from retrain_sim.policy.policies.bigram import before
from retrain_sim.policy.precision import FORMATS, matmul
from retrain_sim.ranges import at_least


class Layer(NamedTuple):
    """Weights of one block, without biases; or of all blocks, stacked."""

    qkv: Array
    out: Array
    up: Array
    down: Array


@component
class Transformer:
    """Pre-norm blocks of causal attention and a GELU layer, with learned places.

    The first token that it reads stands for the prompt.

    Args:
        n_actions: the vocabulary, >= 2.
        n_contexts: prompts, >= 1.
        length: tokens per rollout, >= 1.
        width: d, a multiple of ``heads``.
        layers: blocks, >= 1.
        heads: of attention, >= 1.
        spread: size of the initial logits, >= 0.
        matmul: format of the matrix products: float32, bfloat16 or float16.
    """

    n_actions: int = static(default=8)
    n_contexts: int = static(default=1)
    length: int = static(default=4)
    width: int = static(default=64)
    layers: int = static(default=2)
    heads: int = static(default=4)
    spread: float = 1.0
    matmul: str = static(default="float32")

    def check(self):
        """Yield what is out of range."""
        sizes = {"n_actions": 2, "n_contexts": 1, "length": 1, "layers": 1, "heads": 1}
        yield from at_least(self, spread=0, **sizes)
        if self.width < 1 or self.width % self.heads:
            yield "width", f"must be a multiple of heads = {self.heads}"
        if self.matmul not in FORMATS:
            yield "matmul", f"must be one of {', '.join(FORMATS)}, got {self.matmul!r}"

    def init(self, key: PRNGKeyArray) -> Params:
        """Draw normal weights; the logits have a deviation of about ``spread``."""
        d, n, tokens = self.width, self.layers, self.n_actions + self.n_contexts
        outer = [(tokens, d), (self.length, d), (d, self.n_actions)]
        inner = [(n, d, 3 * d), (n, d, d), (n, d, 4 * d), (n, 4 * d, d)]
        token, place, logit, *layers = _normals(key, outer + inner)
        return {
            "token": token,
            "place": 0.5 * place,
            "logit": self.spread / d**0.5 * logit,
            "layers": Layer(*(drawn / drawn.shape[1] ** 0.5 for drawn in layers)),
        }

    def logits(
        self, params: Params, prompts: Int[Array, " p"], actions: Int[Array, "p g t"]
    ) -> Float[Array, "p g t a"]:
        """Read all tokens at once."""
        length = actions.shape[-1]
        read = before(actions, 0).at[..., 0].set(self.n_actions + prompts[:, None])
        x = params["token"][read] + params["place"][None, None, :length]
        seen = jnp.tril(jnp.ones((length, length), bool))

        def block(x: Array, layer: Layer) -> tuple[Array, None]:
            return self._finish(layer, x, *self._project(layer, x), seen), None

        # One block is compiled, however many there are.
        x, _ = jax.lax.scan(block, x, params["layers"])
        return self._read_out(params, x)

    def begin(self, params: Params, prompts: Int[Array, " p"], group_size: int) -> Any:
        """Return empty keys and values of every layer, and the prompts."""
        shape = (len(prompts), group_size, self.length, self.heads, self._depth)
        empty = jnp.zeros((self.layers, *shape))
        return prompts, (empty, empty)

    def advance(
        self,
        params: Params,
        memory: Any,
        at: Int[Array, ""],
        previous: Int[Array, "p g"],
    ) -> tuple[Any, Float[Array, "p g a"]]:
        """Read one token, remember its keys and values."""
        prompts, caches = memory
        read = jnp.where(at == 0, self.n_actions + prompts[:, None], previous)
        x = (params["token"][read] + params["place"][at][None, None])[:, :, None]
        seen = (jnp.arange(self.length) <= at)[None]

        def block(x: Array, read: tuple[Layer, tuple[Array, Array]]) -> Any:
            layer, (keys, values) = read
            q, k, v = self._project(layer, x)
            keys = keys.at[:, :, at].set(k[:, :, 0])
            values = values.at[:, :, at].set(v[:, :, 0])
            return self._finish(layer, x, q, keys, values, seen), (keys, values)

        x, caches = jax.lax.scan(block, x, (params["layers"], caches))
        return (prompts, caches), self._read_out(params, x)[:, :, 0]

    @property
    def _depth(self) -> int:
        return self.width // self.heads

    def _project(self, layer: Layer, x: Float[Array, "p g t d"]) -> list[Array]:
        """Return queries, keys and values [p g t h e]."""
        qkv = matmul(_normalized(x), layer.qkv, self.matmul)
        split = qkv.reshape(*x.shape[:-1], 3, self.heads, self._depth)
        return [split[..., i, :, :] for i in range(3)]

    def _finish(
        self,
        layer: Layer,
        x: Float[Array, "p g t d"],
        q: Float[Array, "p g t h e"],
        k: Float[Array, "p g s h e"],
        v: Float[Array, "p g s h e"],
        seen: Bool[Array, "t s"],
    ) -> Float[Array, "p g t d"]:
        """Attend, then transform every place."""
        scores = jnp.einsum("pgthe,pgshe->pghts", q, k) / self._depth**0.5
        scores = jnp.where(seen[None, None, None], scores, -1e30)
        mixed = jnp.einsum("pghts,pgshe->pgthe", jax.nn.softmax(scores), v)
        x = x + matmul(mixed.reshape(x.shape), layer.out, self.matmul)
        hidden = jax.nn.gelu(matmul(_normalized(x), layer.up, self.matmul))
        return x + matmul(hidden, layer.down, self.matmul)

    def _read_out(
        self, params: Params, x: Float[Array, "p g t d"]
    ) -> Float[Array, "p g t a"]:
        return matmul(_normalized(x), params["logit"], self.matmul)


def _normals(key: PRNGKeyArray, shapes: Sequence[tuple[int, ...]]) -> list[Array]:
    """Draw normal arrays in one go: every call would take as long to compile."""
    sizes = [math.prod(shape) for shape in shapes]
    flat = jax.random.normal(key, (sum(sizes),))
    parts = jnp.split(flat, list(itertools.accumulate(sizes))[:-1])
    return [part.reshape(shape) for part, shape in zip(parts, shapes, strict=True)]


def _normalized(x: Float[Array, "*b d"]) -> Float[Array, "*b d"]:
    """Shift and scale every vector to mean zero and deviation one."""
    centered = x - x.mean(axis=-1, keepdims=True)
    return centered * jax.lax.rsqrt((centered**2).mean(axis=-1, keepdims=True) + 1e-5)
