"""How the language model is trained: AdamW, clipped, warmed up, perhaps averaged."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import jax
import jax.numpy as jnp
import optax
from jaxtyping import Array, Float, PRNGKeyArray

WARM_UP = 0.1
"""Share of the steps in which the learning rate rises from 0; then a cosine falls."""


def tune(
    key: PRNGKeyArray,
    params: Any,
    loss: Callable[[PRNGKeyArray, Any], Float[Array, ""]],
    n_steps: Array | int,
    rate: Array | float,
    decay: Array | float = 0.0,
    ema: Array | float = 0.0,
) -> Any:
    """Run AdamW on gradients clipped to norm 1.

    Args:
        key: a PRNG key; step i draws from ``fold_in(key, i)``.
        params: where to start.
        loss: ``(key, params) -> scalar``; draws its own mini-batch.
        n_steps: optimizer steps; may be traced.
        rate: greatest learning rate; may be traced.
        decay: weight decay; may be traced.
        ema: decay of the average over steps, in [0, 1); 0 returns the last parameters.
            Early steps count less, as min(ema, (1 + i) / (10 + i)).

    Returns:
        The trained (and averaged) parameters.

    Example:
        >>> found = tune(
        ...     jax.random.key(0), 1.0, lambda key, x: (x - 3) ** 2, 300, 0.1
        ... )
        >>> round(float(found), 2)
        3.0
    """

    def schedule(step: Any) -> Array:
        rise = jnp.minimum(1.0, (step + 1) / (WARM_UP * n_steps + 1))
        return rate * rise * 0.5 * (1 + jnp.cos(jnp.pi * step / n_steps))

    adam = optax.chain(
        optax.scale_by_adam(),
        optax.add_decayed_weights(decay),
        optax.scale_by_learning_rate(schedule),
    )
    optimizer = optax.chain(optax.clip_by_global_norm(1.0), adam)

    def step(i: Array, carry: tuple) -> tuple:
        params, average, state = carry
        gradient = jax.grad(loss, argnums=1)(jax.random.fold_in(key, i), params)
        updates, state = optimizer.update(gradient, state, params)
        params = optax.apply_updates(params, updates)
        keep = jnp.minimum(ema, (1.0 + i) / (10.0 + i))
        average = jax.tree.map(lambda a, p: keep * a + (1 - keep) * p, average, params)
        return params, average, state

    params = jax.tree.map(jnp.asarray, params)
    carry = (params, params, optimizer.init(params))
    return jax.lax.fori_loop(0, n_steps, step, carry)[1]
