"""Group normalization of images, in few passes over them."""

from __future__ import annotations

from typing import Any

import jax
import jax.numpy as jnp
from flax import linen as nn
from jaxtyping import Array, Float

EPSILON = 1e-6
"""Added to variances."""


class GroupNorm(nn.Module):
    """Zero mean and unit variance over places and the channels of a group.

    As flax's, with parameters of the same names. Sums over places alone come first, by
    channel: compilers for CPUs make fast loops of those, not of sums over groups. What
    is left is one product and one sum per number.

    Args:
        groups: they divide the channels.
        dtype: of the result; sums are float32.

    References:
        Y. Wu, K. He, "Group Normalization", ECCV 2018, arXiv 1803.08494.
    """

    groups: int
    dtype: Any = jnp.float32

    @nn.compact
    def __call__(self, image: Float[Array, "n h w c"]) -> Float[Array, "n h w c"]:
        """Normalize images, then scale and shift every channel."""
        channels = image.shape[3]
        gain = self.param("scale", nn.initializers.ones, (channels,))
        shift = self.param("bias", nn.initializers.zeros, (channels,))
        exact = image.astype(jnp.float32)
        mean = self._over_groups(exact.mean(axis=(1, 2)))
        variance = self._over_groups((exact**2).mean(axis=(1, 2))) - mean**2
        gain = gain[None] * jax.lax.rsqrt(jnp.maximum(variance, 0) + EPSILON)
        shift = shift[None] - mean * gain
        found = exact * gain[:, None, None] + shift[:, None, None]
        return found.astype(self.dtype)

    def _over_groups(self, means: Float[Array, "n c"]) -> Float[Array, "n c"]:
        n, channels = means.shape
        size = channels // self.groups
        mean = means.reshape(n, self.groups, size).mean(axis=2)
        return mean.repeat(size, axis=1)
