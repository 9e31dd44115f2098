"""What the networks on images share: features of time, and images as vectors."""

from __future__ import annotations

import math

import jax.numpy as jnp
from flax import linen as nn
from jaxtyping import Array, Float

from retrain_sim.models.networks import PRECISIONS

PERIODS = 32
"""Frequencies of the time features: from 1 to 1000 radians per unit of time."""


class TimeEmbedding(nn.Module):
    """A perceptron on sines and cosines of the time.

    Args:
        width: of the embedding.
        precision: a key of ``PRECISIONS``.
    """

    width: int
    precision: str = "float32"

    @nn.compact
    def __call__(self, t: Float[Array, "n 1"]) -> Float[Array, "n width"]:
        """Embed times ``[n, 1]`` in [0, 1]."""
        dtype = PRECISIONS[self.precision]
        rates = jnp.exp(jnp.linspace(0, math.log(1000), PERIODS))
        angles = t * rates[None]
        waves = jnp.concatenate([jnp.sin(angles), jnp.cos(angles)], axis=1)
        hidden = nn.silu(nn.Dense(self.width, dtype=dtype)(waves))
        return nn.Dense(self.width, dtype=dtype)(hidden)


def grid_of(shape: tuple[int, ...]) -> tuple[int, int, int]:
    """Return rows, columns, channels of images; gray ones have a channel too.

    Example:
        >>> grid_of((8, 8)), grid_of((32, 32, 3))
        ((8, 8, 1), (32, 32, 3))
    """
    rows, columns, *channels = shape
    return rows, columns, channels[0] if channels else 1
