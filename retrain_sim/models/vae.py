"""Variational autoencoders on vectors and images."""

from __future__ import annotations

import dataclasses
import math
from typing import Any

import jax
import jax.numpy as jnp
from jaxtyping import Array, Float, PRNGKeyArray

from retrain_sim.base import Params, component, static
from retrain_sim.models.autoencoders import Autoencoder
from retrain_sim.models.neural import Neural, in_chunks, neural_faults, rows_at_once
from retrain_sim.ranges import at_least

CHOICES = {
    "network": ("conv", "mlp"),
    "likelihood": ("bernoulli", "gaussian"),
    "output": ("mean", "sample"),
}


@component
class VariationalAutoencoder(Neural):
    """A variational autoencoder: latents N(0, I), decoded to vectors or images.

    It maximizes E[log p(x | z)] - KL(q(z | x) | N(0, I)). With the likelihood
    ``gaussian`` one sd for all coordinates is learned; ``bernoulli`` takes pixels in
    [-1, 1] for probabilities (x + 1) / 2.

    Args:
        network: of encoder and decoder: ``mlp``, or ``conv`` for images.
        hidden: widths of the perceptrons' hidden layers (``mlp``), or channels of the
            convolutions, each of which halves the image (``conv``).
        latent: dimensions of the latent vector.
        likelihood: ``gaussian`` or ``bernoulli``.
        output: samples are drawn from p(x | z), ``sample``, or are its ``mean``.
        precision: of the network's arithmetic, ``float32`` or ``bfloat16``.
        initial_steps: optimizer steps of the fit to real data (p_0), and of every
            cold start.
        steps: optimizer steps of one warm retraining.
        batch: size of a mini-batch.
        initial_rate: learning rate of the fit to real data.
        rate: learning rate of a retraining.
        average: decay in [0, 1) of the moving average of the parameters that is
            kept; 0 keeps the last ones.
        warm: start a retraining from the last model (else afresh). One that has
            learned to decode everything hardly follows what is kept in few steps; to
            curate, start afresh.
        chunk: images drawn at a time, at most: fewer need less memory.
        sampling_bias: lambda in (0, 1]; latents are drawn from N(0, lambda I).
        image_shape: taken from the data.
        dim: d; taken from the data.

    References:
        D. P. Kingma, M. Welling, "Auto-Encoding Variational Bayes", ICLR 2014, arXiv
        1312.6114; O. Rybkin, K. Daniilidis, S. Levine, "Simple and Effective VAE
        Training with Calibrated Decoders", ICML 2021, arXiv 2006.13202 (the sd).
    """

    network: str = static(default="mlp")
    hidden: tuple[int, ...] = static(default=(256, 256))
    latent: int = static(default=20)
    likelihood: str = static(default="gaussian")
    output: str = static(default="sample")
    precision: str = static(default="float32")
    initial_steps: int = static(default=2000)
    steps: int = static(default=200)
    batch: int = static(default=256)
    initial_rate: float = 2e-3
    rate: float = 1e-3
    average: float = static(default=0.0)
    warm: bool = static(default=False)
    chunk: int = static(default=1000)
    sampling_bias: float = 1.0
    image_shape: tuple[int, ...] = static(default=(), metadata={"setting": False})
    dim: int = static(default=0, metadata={"setting": False})

    def check(self):
        """Yield what is out of range."""
        yield from neural_faults(self)
        yield from at_least(self, latent=1, chunk=1)
        for name, allowed in CHOICES.items():
            found = getattr(self, name)
            if found not in allowed:
                yield name, f"unknown {found!r}; allowed: {', '.join(allowed)}"

    def prepare(self, kit) -> VariationalAutoencoder:
        """Take the shape from the data."""
        kit.need("vectors", "model.kind", "vae")
        shape, halvings = tuple(kit.data.image_shape or ()), 2 ** len(self.hidden)
        if self.network == "conv" and not shape:
            kit.fail("model.network", "conv needs images; use mlp")
        if self.network == "conv" and any(side % halvings for side in shape[:2]):
            layers = len(self.hidden)
            kit.fail("model.hidden", f"{shape} cannot be halved {layers} times")
        if self.likelihood == "bernoulli" and abs(kit.data.x).max() > 1:
            kit.fail("model.likelihood", "bernoulli needs values in [-1, 1]")
        return dataclasses.replace(self, dim=kit.data.x.shape[1], image_shape=shape)

    def sample(self, key: PRNGKeyArray, params: Params, n: int) -> Float[Array, "n d"]:
        """Decode n draws of the latent vector."""
        key_latent, key_output = jax.random.split(key)
        scale = jnp.sqrt(self.sampling_bias)
        latents = scale * jax.random.normal(key_latent, (n, self.latent))
        rows = rows_at_once(self, n)
        means = in_chunks(lambda z: self._decode(params, z), latents, rows)
        if self.likelihood == "bernoulli":
            probs = jax.nn.sigmoid(means)
            drawn = jax.random.bernoulli(key_output, probs).astype(jnp.float32)
            return 2 * (drawn if self.output == "sample" else probs) - 1
        if self.output == "mean":
            return means
        sd = jnp.exp(params["params"]["log_sd"])
        return means + sd * jax.random.normal(key_output, means.shape)

    def encode(
        self, params: Params, x: Float[Array, "n d"]
    ) -> Float[Array, "n latent"]:
        """Return the means of the posterior q(z | x)."""
        found: Any = self._module().apply(params, x, method="encode")
        return found[0]

    def _decode(self, params: Params, latents: Array) -> Any:
        return self._module().apply(params, latents, method="decode")

    def _module(self) -> Autoencoder:
        shape = self.image_shape if self.network == "conv" else ()
        return Autoencoder(self.dim, self.hidden, self.latent, shape, self.precision)

    def _begin(self, key: PRNGKeyArray, data: Float[Array, "n d"]) -> Params:
        return self._module().init(key, data[:1], jnp.zeros((1, self.latent)))

    def _examples(self, x: Float[Array, "b d"], keys: tuple) -> tuple[Array, ...]:
        return x, jax.random.normal(keys[0], (self.batch, self.latent))

    def _error(self, params: Params, examples: tuple) -> Float[Array, ""]:
        """Return the negative evidence bound, in nats per coordinate."""
        x, noise = examples
        found: Any = self._module().apply(params, x, noise)
        mean, center, log_sd = found
        if self.likelihood == "bernoulli":
            errors = jax.nn.softplus(mean) - (x + 1) / 2 * mean
        else:
            log_width = params["params"]["log_sd"]
            squares = ((x - mean) / jnp.exp(log_width)) ** 2
            errors = squares / 2 + log_width + math.log(2 * math.pi) / 2
        divergence = (center**2 + jnp.exp(2 * log_sd) - 1) / 2 - log_sd
        total = errors.sum(axis=1) + divergence.sum(axis=1)
        return total.mean() / self.dim
