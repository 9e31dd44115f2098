"""How networks are trained: AdamW by mini-batches, in two usual forms.

``train`` lets the learning rate fall as a cosine (flows, diffusions, classifiers);
``tune`` clips gradients and warms the rate up before it falls (language models), for a
number of steps that may be traced.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import jax
import jax.numpy as jnp
import optax
from jaxtyping import Array, Float, PRNGKeyArray

WARM_UP = 0.1
"""Share of the steps in which the learning rate rises from 0; then a cosine falls."""


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

    References:
        I. Loshchilov, F. Hutter, "Decoupled Weight Decay Regularization", ICLR 2019,
        arXiv 1711.05101 (AdamW).

    Example:
        >>> found = train(jax.random.key(0), 1.0, lambda key, x: (x - 3) ** 2, 300, 0.1)
        >>> round(float(found), 2)
        3.0
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


def tune(
    key: PRNGKeyArray,
    params: Any,
    loss: Callable[[PRNGKeyArray, Any], Float[Array, ""]],
    n_steps: Array | int,
    rate: Array | float,
    weight_decay: Array | float = 0.0,
    average: float = 0.0,
) -> Any:
    """Run AdamW on gradients clipped to norm 1, the learning rate rising, then falling.

    Args:
        key: a PRNG key; step i draws from ``fold_in(key, i)``.
        params: where to start.
        loss: ``(key, params) -> scalar``; draws its own mini-batch.
        n_steps: optimizer steps; may be traced.
        rate: greatest learning rate; may be traced.
        weight_decay: of AdamW; may be traced.
        average: as in ``train``.

    Returns:
        The trained (and averaged) parameters.

    Example:
        >>> found = tune(jax.random.key(0), 1.0, lambda key, x: (x - 3) ** 2, 300, 0.1)
        >>> round(float(found), 2)
        3.0
    """

    def schedule(step: Any) -> Array:
        rise = jnp.minimum(1.0, (step + 1) / (WARM_UP * n_steps + 1))
        return rate * rise * 0.5 * (1 + jnp.cos(jnp.pi * step / n_steps))

    adamw = optax.adamw(schedule, weight_decay=weight_decay)
    optimizer = optax.chain(optax.clip_by_global_norm(1.0), adamw)

    def step(i: Array, carry: tuple) -> tuple:
        params, mean, state = carry
        gradient = jax.grad(loss, argnums=1)(jax.random.fold_in(key, i), params)
        updates, state = optimizer.update(gradient, state, params)
        params = optax.apply_updates(params, updates)
        return params, _averaged(mean, params, i, average), state

    params = jax.tree.map(jnp.asarray, params)
    carry = params, params if average else None, optimizer.init(params)
    params, mean, _ = jax.lax.fori_loop(0, n_steps, step, carry)
    return mean if average else params


def _averaged(mean: Any, params: Any, i: Array, average: float) -> Any:
    """Move the average by step i; early on it forgets faster, or it stays random."""
    if mean is None:
        return None
    decay = jnp.minimum(average, (1 + i) / (10 + i))
    return jax.tree.map(lambda m, p: decay * m + (1 - decay) * p, mean, params)
