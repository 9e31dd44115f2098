"""What regimes share: samples of the real data, and buffers that fill up."""

from __future__ import annotations

from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
from jaxtyping import Array, Float, Int, PRNGKeyArray

from retrain_sim.base import Data, Samples


class Buffer(NamedTuple):
    """Room for all samples to come: the first ``filled`` rows are there."""

    x: Samples
    weights: Float[Array, " capacity"]
    filled: Int[Array, ""]


def make_buffer(first: Data, n_more: int) -> Buffer:
    """Make a buffer that begins with some samples and has room for more."""
    x, weights = first
    room = jnp.zeros((n_more, *x.shape[1:]), x.dtype)
    return Buffer(
        jnp.concatenate([x, room]),
        jnp.concatenate([weights, jnp.zeros(n_more, weights.dtype)]),
        jnp.int32(len(x)),
    )


def append(buffer: Buffer, new: Data) -> Buffer:
    """Write samples behind those that are there."""
    x, weights = new
    return Buffer(
        jax.lax.dynamic_update_slice_in_dim(buffer.x, x, buffer.filled, axis=0),
        jax.lax.dynamic_update_slice_in_dim(buffer.weights, weights, buffer.filled, 0),
        buffer.filled + len(x),
    )


def real_samples(key: PRNGKeyArray, real: Data, n: int, exact: bool) -> Data:
    """Take n real samples of weight one: of a law i.i.d., of a sample without repeats.

    All of a sample are taken in their order.
    """
    x, weights = real
    if n == len(x) and not exact:
        return x, weights
    index = jax.random.choice(
        key, len(x), (n,), replace=exact, p=weights / weights.sum()
    )
    return x[index], jnp.ones(n)


def real_size(wanted: int, kit: Any, where: str) -> tuple[int, bool]:
    """Settle how many real samples there are, and whether they are drawn from a law."""
    n, exact = len(kit.splits.model.x), kit.data.exact
    if wanted > n and not exact:
        kit.fail(
            where, f"{wanted} real samples wanted, the data have {n} for the model"
        )
    return wanted or (0 if exact else n), exact
