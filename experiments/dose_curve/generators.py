"""Generators of labelled digits: Gaussians, variational autoencoders, diffusion."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
from jaxtyping import Array, Float, Int, PRNGKeyArray

from experiments.primer import digits
from retrain_sim.models import Diffusion, VariationalAutoencoder

PIXELS = digits.SIDE**2
Generator = Callable[[PRNGKeyArray, digits.Images, int], digits.Images]
"""Key, real images to fit to, and a number -> so many labelled images. A pytree: one
program serves all generators of a kind and shape."""


def first(images: digits.Images, n: int) -> Float[Array, " k"]:
    """Weigh the first n images by 1, all others by 0; n may be traced."""
    return (jnp.arange(len(images.y)) < n).astype(jnp.float32)


class ClassGaussians(NamedTuple):
    """One Gaussian per class, of its greatest principal components.

    Args:
        n_images: it is fitted to so many.
        rank: components that are kept of every class; 0 leaves the mean.
    """

    n_images: int
    rank: int

    def __call__(
        self, key: PRNGKeyArray, images: digits.Images, n: int
    ) -> digits.Images:
        """Draw n images, pixels clipped to [-1, 1]; all classes equally likely."""
        x, y = images
        key_label, key_noise = jax.random.split(key)
        labels = jax.random.randint(key_label, (n,), 0, digits.N_CLASSES)
        weights = first(images, self.n_images)
        hot = jax.nn.one_hot(y, digits.N_CLASSES) * weights[:, None]
        count = jnp.maximum(hot.sum(axis=0), 1.0)
        means = (hot.T @ x) / count[:, None]

        def root(digit: Int[Array, ""]) -> Float[Array, "64 64"]:
            centered = (x - means[digit][None]) * hot[:, digit][:, None]
            values, vectors = jnp.linalg.eigh(centered.T @ centered / count[digit])
            kept = jnp.arange(PIXELS) >= PIXELS - self.rank
            return vectors * jnp.sqrt(jnp.maximum(values, 0.0) * kept)[None]

        roots = jax.lax.map(root, jnp.arange(digits.N_CLASSES))
        noise = jax.random.normal(key_noise, (n, PIXELS))
        drawn = jnp.einsum("mij,mj->mi", roots[labels], noise)
        return digits.Images(jnp.clip(means[labels] + drawn, -1.0, 1.0), labels)


class Network(NamedTuple):
    """A model of images and labels together: it may label its images wrongly.

    Args:
        n_images: it is trained on so many.
        model: of rows of pixels and a one-hot label, all in [-1, 1].
    """

    n_images: int
    model: Any

    def __call__(
        self, key: PRNGKeyArray, images: digits.Images, n: int
    ) -> digits.Images:
        """Train, and draw n images, pixels clipped to [-1, 1]."""
        x, y = images
        key_fit, key_draw = jax.random.split(key)
        rows = jnp.concatenate([x, 2 * jax.nn.one_hot(y, digits.N_CLASSES) - 1], axis=1)
        params = self.model.init(key_fit, rows, first(images, self.n_images))
        drawn = self.model.sample(key_draw, params, n)
        labels = jnp.argmax(drawn[:, PIXELS:], axis=1).astype(jnp.int32)
        return digits.Images(jnp.clip(drawn[:, :PIXELS], -1.0, 1.0), labels)


DIM = PIXELS + digits.N_CLASSES
AUTOENCODER = VariationalAutoencoder(
    hidden=(96, 96), latent=12, initial_steps=2000, batch=64, dim=DIM
)
DIFFUSION = Diffusion(
    hidden=(128, 128), initial_steps=3000, batch=64, average=0.99, solver_steps=20,
    bound=1.0, dim=DIM,
)  # fmt: skip
NETWORKS: dict[str, Generator] = {
    "VAE, of 800 images": Network(800, AUTOENCODER),
    "diffusion, of 800": Network(800, DIFFUSION),
    "VAE, of 60": Network(60, AUTOENCODER),
    "diffusion, of 60": Network(60, DIFFUSION),
}
"""Smaller than the defaults: one is trained per seed, in less than a second."""
