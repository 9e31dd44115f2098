"""Effective number of different samples."""

from __future__ import annotations

import dataclasses
from typing import ClassVar

import jax.numpy as jnp
from jax.scipy.special import xlogy
from jaxtyping import Array, Float, PRNGKeyArray

from retrain_sim.base import Frame, Rows, View, component, static
from retrain_sim.metrics.pairwise import each_row, square_distances
from retrain_sim.metrics.requirements import bandwidth_for


@component
class Vendi:
    """Vendi score: the effective number of different samples (vectors only).

    ``diversity/vendi`` = exp(-sum_i l_i log l_i) in [1, n], with l_i the eigenvalues of
    K_ij sqrt(p_i p_j) for a kernel with K_ii = 1 and sample probabilities p. It is 1
    for copies of one sample and n for n samples that the kernel takes for unrelated, so
    it is biased down and grows with n: compare equal sizes only. The cosine kernel sees
    directions from the origin alone, neither lengths nor more than d different samples;
    the Gaussian kernel sees nothing finer than its bandwidth. Neither sees whether the
    samples are any good: noise is diverse.

    Args:
        kernel: "cosine", exact at any n by the d x d matrix; or "gaussian",
            exp(-|x-y|^2 / 2 h^2).
        bandwidth: h of the Gaussian kernel in units of the data; 0: the median distance
            between two held-out real samples.
        points: most rows of an eigenvalue problem, whose cost grows as the cube, >= 1;
            of more, this many are taken, evenly spaced along the cumulated weights.

    References:
        D. Friedman, A. Dieng, "The Vendi Score: A Diversity Evaluation Metric for
        Machine Learning", TMLR 2023, arXiv 2210.02410.
    """

    pairs: ClassVar[bool] = True

    kernel: str = static(default="cosine")
    bandwidth: float = 0.0
    points: int = static(default=200)

    def check(self):
        """Yield what is out of range."""
        if self.kernel not in ("cosine", "gaussian"):
            yield "kernel", f"must be cosine or gaussian, got {self.kernel!r}"
        if not self.bandwidth >= 0:
            yield "bandwidth", f"must be at least 0, got {self.bandwidth}"
        if self.points < 1:
            yield "points", f"must be at least 1, got {self.points}"

    def prepare(self, kit) -> Vendi:
        """Fill in the Gaussian kernel's bandwidth; refuse letters."""
        kit.need("vectors", "metrics.names", "vendi")
        if self.kernel == "cosine":
            return self
        bandwidth = bandwidth_for(kit, "vendi", self.bandwidth)
        return dataclasses.replace(self, bandwidth=bandwidth)

    def __call__(self, key: PRNGKeyArray, view: View, frame: Frame) -> Rows:
        """Measure the diversity."""
        probs = view.weights / view.weights.sum()
        matrix = self._cosine if self.kernel == "cosine" else self._gaussian
        eigenvalues = jnp.linalg.eigvalsh(matrix(view.x, probs)).clip(0.0)
        return {"diversity/vendi": jnp.exp(-xlogy(eigenvalues, eigenvalues).sum())}

    def _cosine(
        self, x: Float[Array, "n d"], probs: Float[Array, " n"]
    ) -> Float[Array, "r r"]:
        """Return the smaller of A'A and AA', which share their eigenvalues."""
        if len(x) < x.shape[1]:
            x, probs = thinned(x, probs, self.points)
        norm = jnp.linalg.norm(x, axis=1)
        root = (jnp.sqrt(probs) / jnp.where(norm > 0, norm, 1))[:, None] * x
        return root @ root.T if len(x) < x.shape[1] else root.T @ root

    def _gaussian(
        self, x: Float[Array, "n d"], probs: Float[Array, " n"]
    ) -> Float[Array, "r r"]:
        x, probs = thinned(x, probs, self.points)
        square = each_row(lambda row: square_distances(row, x), x)
        root = jnp.sqrt(probs)
        kernel = jnp.exp(-square / (2 * self.bandwidth**2))
        return root[:, None] * kernel * root[None]


def thinned(
    x: Float[Array, "n d"], probs: Float[Array, " n"], points: int
) -> tuple[Float[Array, "r d"], Float[Array, " r"]]:
    """Return at most ``points`` rows, and their probabilities.

    All rows if they are few enough, else those at evenly spaced quantiles of the
    cumulated probabilities, equally probable.

    Example:
        >>> import jax.numpy as jnp
        >>> x, probs = jnp.arange(4.0)[:, None], jnp.array([0.1, 0.0, 0.5, 0.4])
        >>> [part.tolist() for part in thinned(x, probs, 2)]
        [[[2.0], [3.0]], [0.5, 0.5]]
    """
    if len(x) <= points:
        return x, probs
    levels = (jnp.arange(points) + 0.5) / points
    total = jnp.cumsum(probs)
    index = jnp.searchsorted(total, levels * total[-1])
    return x[index], jnp.full(points, 1 / points)
