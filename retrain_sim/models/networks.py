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


class Perceptron(nn.Module):
    """A multilayer perceptron with SiLU between its layers.

    Args:
        widths: the hidden layers' widths, then the output's.
    """

    widths: tuple[int, ...]

    @nn.compact
    def __call__(self, x: Float[Array, "n d"]) -> Float[Array, "n out"]:
        """Map ``[n, d]`` to ``[n, widths[-1]]``."""
        for width in self.widths[:-1]:
            x = nn.silu(nn.Dense(width)(x))
        return nn.Dense(self.widths[-1])(x)


class Velocity(nn.Module):
    """A velocity field v(x, t): a perceptron on x and Fourier features of t.

    Args:
        hidden: the hidden layers' widths.
    """

    hidden: tuple[int, ...]

    @nn.compact
    def __call__(
        self, x: Float[Array, "n d"], t: Float[Array, "n 1"]
    ) -> Float[Array, "n d"]:
        """Map positions ``[n, d]`` and times ``[n, 1]`` in [0, 1] to velocities."""
        angles = jnp.pi * t * jnp.arange(1, FREQUENCIES + 1)[None]
        features = jnp.concatenate([x, jnp.sin(angles), jnp.cos(angles)], axis=1)
        return Perceptron((*self.hidden, x.shape[1]))(features)


def train(
    key: PRNGKeyArray,
    params: Any,
    loss: Callable[[PRNGKeyArray, Any], Float[Array, ""]],
    n_steps: int,
    learning_rate: Float[Array, ""] | float,
    weight_decay: float = 0.0,
) -> Any:
    """Run AdamW for ``n_steps``, the learning rate falling to 0 as a cosine.

    Args:
        key: a PRNG key.
        params: where to start.
        loss: ``(key, params) -> scalar``; draws its own mini-batch.
        n_steps: optimizer steps (static).
        learning_rate: of the first step, > 0; may be traced.
        weight_decay: of AdamW.

    Returns:
        The trained parameters.
    """

    def rate(step):
        return learning_rate * 0.5 * (1 + jnp.cos(jnp.pi * step / n_steps))

    optimizer = optax.adamw(rate, weight_decay=weight_decay)

    def step(carry, key):
        params, state = carry
        gradient = jax.grad(loss, argnums=1)(key, params)
        updates, state = optimizer.update(gradient, state, params)
        return (optax.apply_updates(params, updates), state), None

    keys = jax.random.split(key, n_steps)
    (params, _), _ = jax.lax.scan(step, (params, optimizer.init(params)), keys)
    return params
