"""What is left of the latents that the first model gave the real data."""

from __future__ import annotations

import dataclasses
from typing import Any

import jax.numpy as jnp
from jaxtyping import PRNGKeyArray

from retrain_sim.base import Frame, Params, Rows, View, component, filled
from retrain_sim.metrics.weighted import mean_of


@component
class LatentSpread:
    """Mean and standard deviation of p_0's encodings of what later models draw.

    With e(x) in R^l the mean of p_0's posterior q(z | x), p_0 a variational
    autoencoder: ``latent/sd`` is the root of the mean over the l dimensions of
    Var e(x) (plug-in, low by 1 - 1/n), ``latent/mean`` that of (E e(x))^2; both >= 0,
    in units of the prior N(0, I). Where encodings of the real data fill the prior the
    sd is a little below 1; dimensions that the encoder leaves unused count as 0. It
    does not see anything that p_0's encoder ignores.

    Args:
        model: p_0's autoencoder, filled in by ``prepare``.
        params: its parameters, filled in by ``prepare``.

    References:
        I. Shumailov et al., "The Curse of Recursion", 2023, arXiv 2305.17493: the
        encodings of its autoencoders on MNIST.
    """

    model: Any = filled()
    params: Params = filled()

    def prepare(self, kit) -> LatentSpread:
        """Attach p_0; refuse models that encode nothing."""
        model, params = kit.fitted
        if not hasattr(model, "encode"):
            name = type(model).__name__
            kit.fail("metrics.names", f"latent-spread needs a vae, not a {name}")
        return dataclasses.replace(self, model=model, params=params)

    def __call__(self, key: PRNGKeyArray, view: View, frame: Frame) -> Rows:
        """Encode the view with p_0's encoder."""
        codes = self.model.encode(self.params, view.x)
        center = mean_of(codes, view.weights)
        squares = ((codes - center[None]) ** 2).mean(axis=1)
        variance = view.weights @ squares / view.weights.sum()
        return {
            "latent/sd": jnp.sqrt(variance),
            "latent/mean": jnp.sqrt((center**2).mean()),
        }
