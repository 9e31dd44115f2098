"""One Gaussian with a full covariance matrix."""

from __future__ import annotations

from typing import NamedTuple

import jax
import jax.numpy as jnp
from jaxtyping import Array, Float, PRNGKeyArray

from retrain_sim.base import component, static


class Moments(NamedTuple):
    """The parameters of a Gaussian."""

    mean: Float[Array, " d"]
    cov: Float[Array, "d d"]


@component
class Gaussian:
    """N(mean, cov), fitted by weighted moments.

    Args:
        ddof: 0 is maximum likelihood (variance shrinks by 1 - 1/n a round), 1 the
            unbiased covariance; the sample size is the sum of the weights.
    """

    ddof: int = static(default=0)

    def check(self):
        """Yield what is out of range."""
        if self.ddof not in (0, 1):
            yield "ddof", f"must be 0 or 1, got {self.ddof}"

    def prepare(self, kit) -> Gaussian:
        """Refuse letters."""
        kit.need("vectors", "model.kind", "gaussian")
        return self

    def init(
        self, key: PRNGKeyArray, data: Float[Array, "n d"], weights: Float[Array, " n"]
    ) -> Moments:
        """Fit p_0: the moments of the real data."""
        return self.fit(key, None, data, weights)

    def fit(
        self, key: PRNGKeyArray, params, data: Float[Array, "n d"], weights
    ) -> Moments:
        """Return the weighted mean ``[d]`` and covariance ``[d, d]``."""
        total = weights.sum()
        mean = weights @ data / total
        centered = data - mean[None]
        cov = (weights[:, None] * centered).T @ centered / (total - self.ddof)
        return Moments(mean, cov)

    def sample(self, key: PRNGKeyArray, params: Moments, n: int) -> Float[Array, "n d"]:
        """Draw n vectors; a singular covariance is allowed (a collapsed model)."""
        values, vectors = jnp.linalg.eigh(params.cov)
        root = vectors * jnp.sqrt(jnp.maximum(values, 0))[None]
        noise = jax.random.normal(key, (n, params.mean.shape[0]))
        return params.mean[None] + noise @ root.T
