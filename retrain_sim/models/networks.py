"""Neural network modules, pure ``init`` and ``apply``; and how to train one."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import jax
import jax.numpy as jnp
import optax
from flax import linen as nn
from jaxtyping import Array, Float, PRNGKeyArray

FREQUENCIES = 8
PRECISIONS = {"bfloat16": jnp.bfloat16, "float32": jnp.float32}
"""Of a network's arithmetic; its parameters and its outputs are float32 always."""


class Perceptron(nn.Module):
    """A multilayer perceptron with SiLU between its layers.

    Args:
        widths: the hidden layers' widths, then the output's.
        precision: a key of ``PRECISIONS``.
    """

    widths: tuple[int, ...]
    precision: str = "float32"

    @nn.compact
    def __call__(self, x: Float[Array, "n d"]) -> Float[Array, "n out"]:
        """Map ``[n, d]`` to ``[n, widths[-1]]``."""
        dtype = PRECISIONS[self.precision]
        for width in self.widths[:-1]:
            x = nn.silu(nn.Dense(width, dtype=dtype)(x))
        return nn.Dense(self.widths[-1], dtype=dtype)(x).astype(jnp.float32)


class Velocity(nn.Module):
    """A velocity field v(x, t): a perceptron on x and Fourier features of t.

    Args:
        hidden: the hidden layers' widths.
        precision: a key of ``PRECISIONS``.
    """

    hidden: tuple[int, ...]
    precision: str = "float32"

    @nn.compact
    def __call__(
        self, x: Float[Array, "n d"], t: Float[Array, "n 1"]
    ) -> Float[Array, "n d"]:
        """Map positions ``[n, d]`` and times ``[n, 1]`` in [0, 1] to velocities."""
        angles = jnp.pi * t * jnp.arange(1, FREQUENCIES + 1)[None]
        features = jnp.concatenate([x, jnp.sin(angles), jnp.cos(angles)], axis=1)
        return Perceptron((*self.hidden, x.shape[1]), self.precision)(features)


def train(
    key: PRNGKeyArray,
    params: Any,
    loss: Callable[[PRNGKeyArray, Any], Float[Array, ""]],
    n_steps: int,
    learning_rate: Float[Array, ""] | float,
    weight_decay: float = 0.0,
    average: float = 0.0,
) -> Any:
    """Run AdamW for ``n_steps``, the learning rate falling to 0 as a cosine.

    Args:
        key: a PRNG key.
        params: where to start.
        loss: ``(key, params) -> scalar``; draws its own mini-batch.
        n_steps: optimizer steps (static).
        learning_rate: of the first step, > 0; may be traced.
        weight_decay: of AdamW.
        average: decay of the exponential moving average that is returned, in [0, 1)
            (static); lower in the first steps. 0 returns the last parameters.

    Returns:
        The trained parameters.
    """

    def rate(step):
        return learning_rate * 0.5 * (1 + jnp.cos(jnp.pi * step / n_steps))

    optimizer = optax.adamw(rate, weight_decay=weight_decay)

    def step(carry, inputs):
        (params, state, mean), (i, key) = carry, inputs
        gradient = jax.grad(loss, argnums=1)(key, params)
        updates, state = optimizer.update(gradient, state, params)
        params = optax.apply_updates(params, updates)
        return (params, state, _averaged(mean, params, i, average)), None

    inputs = jnp.arange(n_steps), jax.random.split(key, n_steps)
    start = params, optimizer.init(params), params if average else None
    (params, _, mean), _ = jax.lax.scan(step, start, inputs)
    return mean if average else params


def _averaged(mean: Any, params: Any, i: Array, average: float) -> Any:
    """Move the average a step; early on it forgets faster, or it stays random."""
    if mean is None:
        return None
    decay = jnp.minimum(average, (1 + i) / (10 + i))
    return jax.tree.map(lambda m, p: decay * m + (1 - decay) * p, mean, params)
