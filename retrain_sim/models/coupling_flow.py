"""A normalizing flow of affine couplings (RealNVP), with an exact density."""

from __future__ import annotations

import dataclasses
from typing import Any

import jax
import jax.numpy as jnp
from flax import linen as nn
from jaxtyping import Array, Float, PRNGKeyArray

from retrain_sim.base import Params, component, static
from retrain_sim.models.networks import Perceptron
from retrain_sim.models.neural import Neural, neural_faults
from retrain_sim.ranges import at_least

STEEPEST = 2.0
"""Every coupling scales by exp(-2) to exp(2)."""


class Couplings(nn.Module):
    """Affine couplings in turn of even and odd coordinates, then a shift and a scale.

    Args:
        hidden: widths of the perceptrons' hidden layers.
        n_couplings: how many couplings.
        precision: a key of ``PRECISIONS``.
    """

    hidden: tuple[int, ...]
    n_couplings: int
    precision: str = "float32"

    @nn.compact
    def __call__(
        self, z: Float[Array, "n d"], inverse: bool = False
    ) -> tuple[Float[Array, "n d"], Float[Array, " n"]]:
        """Map latents to data, or back, with the log of the volume's growth."""
        dim = z.shape[1]
        widths = (*self.hidden, 2 * dim)
        layers = [Perceptron(widths, self.precision) for _ in range(self.n_couplings)]
        shift = self.param("shift", nn.initializers.zeros, (dim,))[None]
        log_scale = self.param("log_scale", nn.initializers.zeros, (dim,))[None]
        total = jnp.full(len(z), log_scale.sum())
        if inverse:
            z, total = (z - shift) * jnp.exp(-log_scale), -total
        order = range(self.n_couplings)
        for i in reversed(order) if inverse else order:
            z, grown = _couple(layers[i], z, i, inverse)
            total = total + grown
        if not inverse:
            z = z * jnp.exp(log_scale) + shift
        return z, total


def _couple(layer: Any, z: Array, i: int, inverse: bool) -> tuple[Array, Array]:
    """Scale and shift half of the coordinates by what the other half says."""
    fixed = ((jnp.arange(z.shape[1]) + i) % 2).astype(z.dtype)[None]
    raw, shift = jnp.split(layer(z * fixed), 2, axis=1)
    log_scale = STEEPEST * jnp.tanh(raw / STEEPEST) * (1 - fixed)
    shift = shift * (1 - fixed)
    if inverse:
        return (z - shift) * jnp.exp(-log_scale), -log_scale.sum(axis=1)
    return z * jnp.exp(log_scale) + shift, log_scale.sum(axis=1)


@component
class CouplingFlow(Neural):
    """An invertible map of N(0, I) by affine couplings (RealNVP): exact likelihoods.

    Args:
        hidden: widths of the hidden layers of every coupling's perceptron.
        n_couplings: how many couplings, >= 2.
        precision: of the networks' arithmetic, ``float32`` or ``bfloat16``.
        initial_steps: optimizer steps of the fit to real data (p_0), and of every
            cold start.
        steps: optimizer steps of one warm retraining.
        batch: size of a mini-batch.
        initial_rate: learning rate of the fit to real data.
        rate: learning rate of a retraining.
        average: decay in [0, 1) of the moving average of the parameters that is
            kept; 0 keeps the last ones.
        warm: start a retraining from the last model (else afresh).
        sampling_bias: lambda in (0, 1]; latents are drawn from N(0, lambda I).
        dim: d >= 2; taken from the data.

    References:
        L. Dinh, J. Sohl-Dickstein, S. Bengio, "Density Estimation using Real NVP", ICLR
        2017, arXiv 1605.08803, equations 7 and 8.
    """

    hidden: tuple[int, ...] = static(default=(64, 64))
    n_couplings: int = static(default=8)
    precision: str = static(default="float32")
    initial_steps: int = static(default=6000)
    steps: int = static(default=200)
    batch: int = static(default=256)
    initial_rate: float = 2e-3
    rate: float = 1e-3
    average: float = static(default=0.0)
    warm: bool = static(default=True)
    sampling_bias: float = 1.0
    dim: int = static(default=0, metadata={"setting": False})

    def check(self):
        """Yield what is out of range."""
        yield from neural_faults(self)
        yield from at_least(self, n_couplings=2)

    def prepare(self, kit) -> CouplingFlow:
        """Take the dimension from the data."""
        kit.need("vectors", "model.kind", "coupling-flow")
        if kit.data.x.shape[1] < 2:
            kit.fail("model.kind", "coupling-flow needs 2 coordinates or more, got 1")
        return dataclasses.replace(self, dim=kit.data.x.shape[1])

    def sample(self, key: PRNGKeyArray, params: Params, n: int) -> Float[Array, "n d"]:
        """Map n draws of the latent vector."""
        scale = jnp.sqrt(self.sampling_bias)
        return self._map(params, scale * jax.random.normal(key, (n, self.dim)))[0]

    def log_prob(self, params: Params, x: Float[Array, "n d"]) -> Float[Array, " n"]:
        """Evaluate the exact log density of the law that ``sample`` draws from."""
        latents, grown = self._map(params, x, inverse=True)
        bias = self.sampling_bias
        logs = -(latents**2) / (2 * bias) - jnp.log(2 * jnp.pi * bias) / 2
        return logs.sum(axis=1) + grown

    def _begin(self, key: PRNGKeyArray, data: Float[Array, "n d"]) -> Params:
        return self._module().init(key, data[:1])

    def _examples(self, x: Float[Array, "b d"], keys: tuple) -> Float[Array, "b d"]:
        return x

    def _error(self, params: Params, x: Float[Array, "b d"]) -> Float[Array, ""]:
        """Return the mean negative log density, per coordinate."""
        unbiased = dataclasses.replace(self, sampling_bias=1.0)
        return -unbiased.log_prob(params, x).mean() / self.dim

    def _module(self) -> Couplings:
        return Couplings(self.hidden, self.n_couplings, self.precision)

    def _map(self, params: Params, z: Array, inverse: bool = False) -> Any:
        return self._module().apply(params, z, inverse)
