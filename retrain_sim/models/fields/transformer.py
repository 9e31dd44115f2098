"""A time-conditioned transformer on patches of images (DiT)."""

from __future__ import annotations

from typing import Any, NamedTuple

import jax.numpy as jnp
from flax import linen as nn
from jaxtyping import Array, Float

from retrain_sim.models.fields.attention import self_attention
from retrain_sim.models.fields.embedding import TimeEmbedding, grid_of
from retrain_sim.models.networks import PRECISIONS

HEAD = 32
"""Channels of an attention head."""
PLACES = nn.initializers.normal(0.7)
"""As large as the paper's sines: beside tokens of size one, small ones are not seen."""


class TransformerSize(NamedTuple):
    """How large a transformer is: channels of a token, and blocks."""

    width: int
    depth: int


TRANSFORMER_SIZES = {
    "tiny": TransformerSize(64, 4),
    "small": TransformerSize(96, 6),
    "base": TransformerSize(384, 12),
}


class Transformer(nn.Module):
    """A transformer on 4x4 patches (2x2 of images below 16 rows) and the time.

    Args:
        image_shape: rows, columns, and channels if there are several.
        size: channels and blocks.
        precision: a key of ``PRECISIONS``.

    References:
        W. Peebles, S. Xie, "Scalable Diffusion Models with Transformers", ICCV 2023,
        arXiv 2212.09748 (blocks of kind adaLN-Zero); ``base`` has DiT-S's sizes.
    """

    image_shape: tuple[int, ...]
    size: TransformerSize
    precision: str = "float32"

    @nn.compact
    def __call__(
        self, x: Float[Array, "n d"], t: Float[Array, "n 1"]
    ) -> Float[Array, "n d"]:
        """Map images as rows ``[n, d]`` and times ``[n, 1]`` to rows ``[n, d]``."""
        dtype = PRECISIONS[self.precision]
        grid = grid_of(self.image_shape)
        patch = patch_of(self.image_shape)
        time = nn.silu(TimeEmbedding(self.size.width, self.precision)(t))
        patches = _patches(x, grid, patch)
        tokens = nn.Dense(self.size.width, dtype=dtype)(patches)
        place = self.param("place", PLACES, (1, *tokens.shape[1:]))
        tokens = tokens + place.astype(dtype)
        for _ in range(self.size.depth):
            tokens = Block(self.precision)(tokens, time)
        shift, scale = _modulation(2, time, self.size.width, dtype)
        tokens = _modulated(_norm(tokens, dtype), shift, scale)
        out = nn.Dense(
            patches.shape[2], dtype=dtype, kernel_init=nn.initializers.zeros
        )(tokens)
        return _images(out.astype(jnp.float32), grid, patch)


class Block(nn.Module):
    """Attention and a perceptron, both shifted, scaled and gated by the time.

    Args:
        precision: a key of ``PRECISIONS``.
    """

    precision: str = "float32"

    @nn.compact
    def __call__(
        self, tokens: Float[Array, "n p c"], time: Float[Array, "n c"]
    ) -> Float[Array, "n p c"]:
        """Map tokens, given the embedded time."""
        dtype = PRECISIONS[self.precision]
        width = tokens.shape[2]
        parts = _modulation(6, time, width, dtype)
        inner = _modulated(_norm(tokens, dtype), parts[0], parts[1])
        found = self_attention(inner, HEAD, dtype, nn.initializers.lecun_normal())
        tokens = tokens + parts[2] * found
        inner = _modulated(_norm(tokens, dtype), parts[3], parts[4])
        inner = nn.gelu(nn.Dense(4 * width, dtype=dtype)(inner))
        return tokens + parts[5] * nn.Dense(width, dtype=dtype)(inner)


def patch_of(image_shape: tuple[int, ...]) -> int:
    """Return the side of a patch: 4 pixels, of images below 16 rows or columns 2.

    Example:
        >>> patch_of((32, 32, 3)), patch_of((8, 8))
        (4, 2)
    """
    return 4 if min(image_shape[:2]) >= 16 else 2


def _norm(tokens: Array, dtype: Any) -> Array:
    return nn.LayerNorm(use_bias=False, use_scale=False, dtype=dtype)(tokens)


def _modulation(parts: int, time: Array, width: int, dtype: Any) -> list[Array]:
    """Return shifts, scales and gates ``[n, 1, width]``: zero before training."""
    zero = nn.initializers.zeros
    found = nn.Dense(parts * width, dtype=dtype, kernel_init=zero)(time)
    return jnp.split(found[:, None], parts, axis=2)


def _modulated(tokens: Array, shift: Array, scale: Array) -> Array:
    return tokens * (1 + scale) + shift


def _patches(x: Array, grid: tuple[int, int, int], patch: int) -> Array:
    """Cut images as rows ``[n, d]`` into tokens ``[n, patches, pixels]``."""
    rows, columns, channels = grid
    down, across = rows // patch, columns // patch
    cut = x.reshape(len(x), down, patch, across, patch, channels)
    return cut.swapaxes(2, 3).reshape(len(x), down * across, patch**2 * channels)


def _images(tokens: Array, grid: tuple[int, int, int], patch: int) -> Array:
    """Put tokens together again: the inverse of ``_patches``."""
    rows, columns, channels = grid
    down, across = rows // patch, columns // patch
    cut = tokens.reshape(len(tokens), down, across, patch, patch, channels)
    return cut.swapaxes(2, 3).reshape(len(tokens), rows * columns * channels)
