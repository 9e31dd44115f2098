"""A time-conditioned U-Net on images."""

from __future__ import annotations

from typing import Any, NamedTuple

import jax.numpy as jnp
from flax import linen as nn
from jaxtyping import Array, Float

from retrain_sim.models.convolution import Conv
from retrain_sim.models.fields.attention import self_attention
from retrain_sim.models.fields.embedding import TimeEmbedding, grid_of
from retrain_sim.models.fields.group_norm import GroupNorm
from retrain_sim.models.networks import PRECISIONS

LEAST = 4
"""Images are not halved below this many rows or columns."""
HEAD = 64
"""Channels of an attention head."""


class UNetSize(NamedTuple):
    """How large a U-Net is.

    ``width`` channels times one of ``multipliers`` per resolution, ``blocks`` residual
    blocks each, attention where images have ``attention`` rows (0: nowhere).
    """

    width: int
    multipliers: tuple[int, ...]
    blocks: int
    attention: int


UNET_SIZES = {
    "tiny": UNetSize(16, (1, 2, 2), 1, 0),
    "small": UNetSize(32, (1, 2, 2), 1, 0),
    "base": UNetSize(128, (1, 2, 2, 2), 2, 16),
}


class UNet(nn.Module):
    """A U-Net: residual blocks with GroupNorm, skip connections at each resolution.

    Args:
        image_shape: rows, columns, and channels if there are several.
        size: the numbers of channels and blocks.
        precision: a key of ``PRECISIONS``.

    References:
        J. Ho, A. Jain, P. Abbeel, "Denoising Diffusion Probabilistic Models", NeurIPS
        2020, arXiv 2006.11239, appendix B; ``base`` has the sizes of A. Tong et al.'s
        CIFAR-10 recipe, TMLR 2024, arXiv 2302.00482.
    """

    image_shape: tuple[int, ...]
    size: UNetSize
    precision: str = "float32"

    @nn.compact
    def __call__(
        self, x: Float[Array, "n d"], t: Float[Array, "n 1"]
    ) -> Float[Array, "n d"]:
        """Map images as rows ``[n, d]`` and times ``[n, 1]`` to rows ``[n, d]``."""
        dtype = PRECISIONS[self.precision]
        rows, columns, channels = grid_of(self.image_shape)
        time = nn.silu(TimeEmbedding(4 * self.size.width, self.precision)(t))
        image = x.reshape(len(x), rows, columns, channels)
        image = _conv(self.size.width, dtype)(image)
        image, skips = self._down(image, time)
        image = ResidualBlock(image.shape[3], self.precision)(image, time)
        if self.size.attention:
            image = SelfAttention(self.precision)(image)
            image = ResidualBlock(image.shape[3], self.precision)(image, time)
        image = self._up(image, skips, time)
        image = _conv(channels, dtype, zero=True)(nn.silu(_norm(image, dtype)))
        return image.astype(jnp.float32).reshape(x.shape)

    def _down(self, image: Array, time: Array) -> tuple[Array, list[Array]]:
        skips = [image]
        widths = self._widths(image.shape[1:3])
        for level, width in enumerate(widths):
            for _ in range(self.size.blocks):
                image = self._block(width, image, time)
                skips.append(image)
            if level < len(widths) - 1:
                image = _conv(width, PRECISIONS[self.precision], stride=2)(image)
                skips.append(image)
        return image, skips

    def _up(self, image: Array, skips: list[Array], time: Array) -> Array:
        widths = self._widths(skips[0].shape[1:3])
        for level, width in reversed(list(enumerate(widths))):
            for _ in range(self.size.blocks + 1):
                image = jnp.concatenate([image, skips.pop()], axis=3)
                image = self._block(width, image, time)
            if level:
                image = image.repeat(2, axis=1).repeat(2, axis=2)
                image = _conv(width, PRECISIONS[self.precision])(image)
        return image

    def _block(self, width: int, image: Array, time: Array) -> Array:
        image = ResidualBlock(width, self.precision)(image, time)
        if image.shape[1] == self.size.attention:
            image = SelfAttention(self.precision)(image)
        return image

    def _widths(self, grid: tuple[int, ...]) -> list[int]:
        """List the channels of every resolution that the images can be halved to."""
        widths, (rows, columns) = [], grid
        for multiplier in self.size.multipliers:
            widths.append(self.size.width * multiplier)
            if rows % 2 or columns % 2 or min(rows, columns) < 2 * LEAST:
                break
            rows, columns = rows // 2, columns // 2
        return widths


class ResidualBlock(nn.Module):
    """Two 3x3 convolutions, the time added between them, and the input added at last.

    Args:
        channels: of the output.
        precision: a key of ``PRECISIONS``.
    """

    channels: int
    precision: str = "float32"

    @nn.compact
    def __call__(
        self, image: Float[Array, "n h w c"], time: Float[Array, "n e"]
    ) -> Float[Array, "n h w channels"]:
        """Map images, given the embedded time."""
        dtype = PRECISIONS[self.precision]
        inner = _conv(self.channels, dtype)(nn.silu(_norm(image, dtype)))
        shift: Any = nn.Dense(self.channels, dtype=dtype)(time)
        inner = nn.silu(_norm(inner + shift[:, None, None], dtype))
        inner = _conv(self.channels, dtype, zero=True)(inner)
        if image.shape[3] != self.channels:
            image = Conv(self.channels, 1, dtype=dtype)(image)
        return image + inner


class SelfAttention(nn.Module):
    """Attention between all pixels.

    Args:
        precision: a key of ``PRECISIONS``.
    """

    precision: str = "float32"

    @nn.compact
    def __call__(self, image: Float[Array, "n h w c"]) -> Float[Array, "n h w c"]:
        """Map images to images of the same shape."""
        dtype = PRECISIONS[self.precision]
        n, rows, columns, channels = image.shape
        pixels = _norm(image, dtype).reshape(n, rows * columns, channels)
        head = channels // max(1, channels // HEAD)
        found = self_attention(pixels, head, dtype, nn.initializers.zeros)
        return image + found.reshape(image.shape)


def _norm(image: Array, dtype: Any) -> Array:
    """Normalize groups of four channels or more, at most 32 groups."""
    return GroupNorm(min(32, image.shape[-1] // 4), dtype)(image)


def _conv(channels: int, dtype: Any, stride: int = 1, zero: bool = False) -> Conv:
    """Make a 3x3 convolution; from zero where a block should begin as the identity."""
    start = nn.initializers.zeros if zero else nn.initializers.lecun_normal()
    return Conv(channels, 3, stride, dtype, start)
