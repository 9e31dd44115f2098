"""Encoders and decoders of variational autoencoders."""

from __future__ import annotations

from typing import Any

import jax.numpy as jnp
from flax import linen as nn
from jaxtyping import Array, Float

from retrain_sim.models.convolution import Conv, ConvTranspose
from retrain_sim.models.fields.embedding import grid_of
from retrain_sim.models.networks import PRECISIONS, Perceptron

LOWEST, HIGHEST = -6.0, 3.0
"""Of the logarithms of standard deviations: beyond, exponentials overflow."""


class Autoencoder(nn.Module):
    """An encoder to means and standard deviations of latents, and a decoder.

    Args:
        dim: of the data.
        hidden: widths of layers, or channels of convolutions that halve the image.
        latent: dimensions of the latent vector.
        image_shape: of the images to convolve; empty for a perceptron.
        precision: a key of ``PRECISIONS``.
    """

    dim: int
    hidden: tuple[int, ...]
    latent: int
    image_shape: tuple[int, ...] = ()
    precision: str = "float32"

    def setup(self):
        """Make both networks, and the sd of the output."""
        out = 2 * self.latent
        if self.image_shape:
            kind = (self.hidden, self.image_shape, self.precision)
            self.encoder: Any = ConvEncoder(out, *kind)
            self.decoder: Any = ConvDecoder(*kind)
        else:
            self.encoder = Perceptron((*self.hidden, out), self.precision)
            widths = (*reversed(self.hidden), self.dim)
            self.decoder = Perceptron(widths, self.precision)
        self.log_sd = self.param("log_sd", nn.initializers.zeros, ())

    def __call__(
        self, x: Float[Array, "n d"], noise: Float[Array, "n latent"]
    ) -> tuple[Array, Array, Array]:
        """Return the decoded ``[n, d]``, and means and log sds of the latents."""
        mean, log_sd = self.encode(x)
        return self.decoder(mean + jnp.exp(log_sd) * noise), mean, log_sd

    def encode(self, x: Float[Array, "n d"]) -> tuple[Array, Array]:
        """Return the means and log sds of the latents ``[n, latent]``."""
        mean, log_sd = jnp.split(self.encoder(x), 2, axis=1)
        return mean, jnp.clip(log_sd, LOWEST, HIGHEST)

    def decode(self, latents: Float[Array, "n latent"]) -> Float[Array, "n d"]:
        """Decode latents; as logits if the likelihood is Bernoulli."""
        return self.decoder(latents)


class ConvEncoder(nn.Module):
    """Convolutions 4x4 that halve the image, then one dense layer.

    Args:
        out: numbers to return.
        channels: of every convolution.
        image_shape: rows, columns, and channels if there are several.
        precision: a key of ``PRECISIONS``.
    """

    out: int
    channels: tuple[int, ...]
    image_shape: tuple[int, ...]
    precision: str = "float32"

    @nn.compact
    def __call__(self, x: Float[Array, "n d"]) -> Float[Array, "n out"]:
        """Map images as rows ``[n, d]``."""
        dtype = PRECISIONS[self.precision]
        image = x.reshape(len(x), *grid_of(self.image_shape))
        for width in self.channels:
            image = nn.silu(Conv(width, 4, 2, dtype)(image))
        flat = image.reshape(len(x), -1)
        return nn.Dense(self.out, dtype=dtype)(flat).astype(jnp.float32)


class ConvDecoder(nn.Module):
    """One dense layer, then transposed convolutions 4x4 that double the image.

    Args:
        channels: of the encoder's convolutions, used backwards.
        image_shape: rows, columns, and channels if there are several.
        precision: a key of ``PRECISIONS``.
    """

    channels: tuple[int, ...]
    image_shape: tuple[int, ...]
    precision: str = "float32"

    @nn.compact
    def __call__(self, z: Float[Array, "n latent"]) -> Float[Array, "n d"]:
        """Map latents to images as rows."""
        dtype = PRECISIONS[self.precision]
        rows, columns, channels = grid_of(self.image_shape)
        halvings = 2 ** len(self.channels)
        start = (rows // halvings, columns // halvings, self.channels[-1])
        n_start = start[0] * start[1] * start[2]
        image = nn.Dense(n_start, dtype=dtype)(z).reshape(len(z), *start)
        for width in (*reversed(self.channels[:-1]), channels):
            image = ConvTranspose(width, 4, 2, dtype)(nn.silu(image))
        return image.astype(jnp.float32).reshape(len(z), rows * columns * channels)
