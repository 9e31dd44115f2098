"""One Gaussian with a full covariance matrix."""

from __future__ import annotations

from typing import NamedTuple

import jax.numpy as jnp
from jaxtyping import Array, Float, PRNGKeyArray

from retrain_sim.base import component, static
from retrain_sim.sampling import bias_faults, standard_normal

FEW = 4
"""Dimensions up to which sums are faster than matrix products."""


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
        sampling_bias: lambda in (0, 1]; samples are drawn from N(mean, lambda cov).

    References:
        S. Alemohammad et al., "Self-Consuming Generative Models Go MAD", ICLR 2024,
        arXiv 2307.01850 (the sampling bias).
    """

    ddof: int = static(default=0)
    sampling_bias: float = 1.0

    def check(self):
        """Yield what is out of range."""
        if self.ddof not in (0, 1):
            yield "ddof", f"must be 0 or 1, got {self.ddof}"
        yield from bias_faults(self.sampling_bias)

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
        return Moments(mean, second_moments(centered, weights) / (total - self.ddof))

    def sample(self, key: PRNGKeyArray, params: Moments, n: int) -> Float[Array, "n d"]:
        """Draw n vectors; a singular covariance is allowed (a collapsed model)."""
        noise = standard_normal(key, (n, params.mean.shape[0]))
        return params.mean[None] + noise @ _root(self.sampling_bias * params.cov).T

    def log_prob(self, params: Moments, x: Float[Array, "n d"]) -> Float[Array, " n"]:
        """Evaluate the log density; finite even where the covariance is singular.

        Eigenvalues below the float32 rounding of the greatest count as that rounding.
        """
        values, vectors = jnp.linalg.eigh(self.sampling_bias * params.cov)
        limits = jnp.finfo(values.dtype)
        values = jnp.maximum(values, limits.eps * values[-1] + limits.tiny)
        along = (x - params.mean[None]) @ vectors
        squared = (along**2 / values[None]).sum(axis=1)
        return -0.5 * (squared + jnp.log(2 * jnp.pi * values).sum())


def second_moments(
    x: Float[Array, "n d"], weights: Float[Array, " n"]
) -> Float[Array, "d d"]:
    """Return the sum of w x x'."""
    if x.shape[1] > FEW:
        return (weights[:, None] * x).T @ x
    # Many small matrix products, one for every run, take longer than sums; and without
    # the test the sums of one dimension go to a kernel that is ten times slower.
    x = x.T
    return jnp.where(weights > 0, x[:, None] * x[None], 0) @ weights


def _root(cov: Float[Array, "d d"]) -> Float[Array, "d d"]:
    """Return R with R R^T = cov; negative eigenvalues are rounding, and count as 0."""
    if len(cov) == 1:  # a library call for every matrix would take most of the time
        return jnp.sqrt(jnp.maximum(cov, 0))
    values, vectors = jnp.linalg.eigh(cov)
    return vectors * jnp.sqrt(jnp.maximum(values, 0))[None]
