"""A Gaussian kernel on every training sample."""

from __future__ import annotations

from typing import NamedTuple

import jax
import jax.numpy as jnp
from jaxtyping import Array, Float, PRNGKeyArray

from retrain_sim.base import component, static
from retrain_sim.sampling import (
    bias_faults,
    cumulative_weights,
    standard_normal,
    weighted_index,
)

RULES = ("fixed", "scott", "silverman")
QUERIES_AT_ONCE = 256


class Kernels(NamedTuple):
    """The stored rows, their counts, and the kernel's sd along every coordinate."""

    x: Float[Array, "n d"]
    weights: Float[Array, " n"]
    bandwidth: Float[Array, " d"]


@component
class KernelDensity:
    """A density sum_i w_i N(x; x_i, diag(h^2)): the training set, smoothed.

    Refitted to its own n samples, its variance S along a coordinate spreads:
    E[S_{t+1}] = (1 - 1/n) (E[S_t] + lambda h^2), ddof 0, up to (n - 1) h^2 at lambda 1.

    Args:
        bandwidth: h > 0, in units of the data; in units of the rule's if there is one.
        rule: ``fixed``; or ``scott``, h = sd n^(-1/(d + 4)), or ``silverman``,
            h = sd (n (d + 2) / 4)^(-1/(d + 4)), with the sd (ddof 1) of each coordinate
            at every fit, n the sum of the weights. SciPy's factors, without its
            correlations between coordinates.
        sampling_bias: lambda in (0, 1]; samples are drawn with lambda h^2: each kernel
            shrinks, as a component of a mixture would, not the data between them.

    References:
        D. W. Scott, "Multivariate Density Estimation", 1992; B. W. Silverman, "Density
        Estimation for Statistics and Data Analysis", 1986; S. Alemohammad et al., ICLR
        2024, arXiv 2307.01850 (the sampling bias). The law of S is derived here.
    """

    bandwidth: float = 1.0
    rule: str = static(default="fixed")
    sampling_bias: float = 1.0

    def check(self):
        """Yield what is out of range."""
        if not 0 < self.bandwidth < float("inf"):
            yield "bandwidth", f"must be positive and finite, got {self.bandwidth}"
        if self.rule not in RULES:
            yield "rule", f"unknown {self.rule!r}; allowed: {', '.join(RULES)}"
        yield from bias_faults(self.sampling_bias)

    def prepare(self, kit) -> KernelDensity:
        """Refuse letters."""
        if kit.data.x.ndim != 2:
            kit.fail("model.kind", "kernel-density needs vectors, not letters")
        return self

    def init(
        self, key: PRNGKeyArray, data: Float[Array, "n d"], weights: Float[Array, " n"]
    ) -> Kernels:
        """Store the real data: p_0."""
        return Kernels(data, weights, self._bandwidth(data, weights))

    def fit(
        self, key: PRNGKeyArray, params: Kernels, data: Float[Array, "n d"], weights
    ) -> Kernels:
        """Store the training data, in at least as many rows as ``params`` has."""
        return self.reserve(self.init(key, data, weights), len(params.x))

    def reserve(self, params: Kernels, n: int) -> Kernels:
        """Add rows of weight zero until there are n: they change nothing."""
        more = max(n - len(params.x), 0)
        x = jnp.pad(params.x, ((0, more), (0, 0)))
        return Kernels(x, jnp.pad(params.weights, (0, more)), params.bandwidth)

    def sample(self, key: PRNGKeyArray, params: Kernels, n: int) -> Float[Array, "n d"]:
        """Draw n stored rows by weight, and add noise."""
        key_row, key_noise = jax.random.split(key)
        x = params.x[weighted_index(key_row, cumulative_weights(params.weights), n)]
        noise = standard_normal(key_noise, x.shape)
        return x + self._width(params)[None] * noise

    def log_prob(self, params: Kernels, x: Float[Array, "n d"]) -> Float[Array, " n"]:
        """Evaluate the log density that samples are drawn from."""
        width = self._width(params)
        stored = params.x / width[None]
        log_share = jnp.log(params.weights / params.weights.sum())
        constant = -0.5 * jnp.log(2 * jnp.pi) * len(width) - jnp.log(width).sum()

        def one(x: Float[Array, " d"]) -> Float[Array, ""]:
            squared = ((stored - (x / width)[None]) ** 2).sum(axis=1)
            return constant + jax.nn.logsumexp(log_share - 0.5 * squared)

        return jax.lax.map(one, x, batch_size=QUERIES_AT_ONCE)

    def _width(self, params: Kernels) -> Float[Array, " d"]:
        return jnp.sqrt(self.sampling_bias) * params.bandwidth

    def _bandwidth(self, data, weights) -> Float[Array, " d"]:
        """Take h from the rule; rounding of the data bounds it from below."""
        d, n = data.shape[1], weights.sum()
        if self.rule == "fixed":
            return jnp.full(d, self.bandwidth)
        limits = jnp.finfo(data.dtype)
        mean = weights @ data / n
        scatter = weights @ (data - mean[None]) ** 2
        sd = jnp.sqrt(scatter / jnp.maximum(n - 1, limits.tiny))
        least = limits.eps * jnp.sqrt(weights @ data**2 / n) + limits.tiny
        quantity = n if self.rule == "scott" else n * (d + 2) / 4
        factor = quantity ** (-1 / (d + 4))
        return self.bandwidth * jnp.maximum(factor * sd, least)
