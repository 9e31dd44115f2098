"""Expectation maximization for mixtures of Gaussians, on weighted data.

Whatever the constraint, covariances are stored as matrices: one path for all kinds.
The n rows of the data come last in the arrays: few components, long inner loops.
"""

from __future__ import annotations

from typing import NamedTuple

import jax
import jax.numpy as jnp
from jax.lax.linalg import triangular_solve
from jaxtyping import Array, Float

LEAST_COUNT = 1e-6
COVARIANCES = ("diagonal", "full", "spherical")


class Mixture(NamedTuple):
    """The parameters of a mixture of k Gaussians; the weights sum to one."""

    weights: Float[Array, " k"]
    means: Float[Array, "k d"]
    covs: Float[Array, "k d d"]


def log_joint(mixture: Mixture, x: Float[Array, "n d"]) -> Float[Array, "k n"]:
    """Evaluate log w_j N(x; mean_j, cov_j), through the Cholesky factors.

    Args:
        mixture: the parameters; covariances are positive definite.
        x: where.

    Returns:
        The joint log densities; -inf for a component of weight zero.

    Example:
        >>> one = Mixture(jnp.ones(1), jnp.zeros((1, 1)), jnp.ones((1, 1, 1)))
        >>> bool(log_joint(one, jnp.zeros((1, 1))) == -0.5 * jnp.log(2 * jnp.pi))
        True
    """
    d = x.shape[1]
    roots = jnp.linalg.cholesky(mixture.covs)
    eye = jnp.broadcast_to(jnp.eye(d), roots.shape)
    whitening = triangular_solve(roots, eye, left_side=True, lower=True)
    scores = jnp.einsum("kij,kjn->kin", whitening, _centered(mixture.means, x))
    half_logdet = jnp.log(jnp.diagonal(roots, axis1=1, axis2=2)).sum(axis=1)
    constant = jnp.log(mixture.weights) - half_logdet - d / 2 * jnp.log(2 * jnp.pi)
    return constant[:, None] - 0.5 * (scores**2).sum(axis=1)


def maximize(
    mixture: Mixture,
    counts: Float[Array, "k n"],
    x: Float[Array, "n d"],
    covariance: str,
    floor: Float[Array, ""] | float,
) -> Mixture:
    """Fit every component to its share of the rows: the M step.

    A component with less than a millionth of a row keeps its mean and covariance.

    Args:
        mixture: the last parameters.
        counts: how many times component j holds row i, >= 0.
        x: the rows.
        covariance: one of ``COVARIANCES``.
        floor: variance added in all directions, > 0.

    Returns:
        The new parameters.

    Example:
        >>> one = Mixture(jnp.ones(1), jnp.zeros((1, 1)), jnp.ones((1, 1, 1)))
        >>> x = jnp.array([[0.0], [2.0]])
        >>> fitted = maximize(one, jnp.ones((1, 2)), x, "full", 0.5)
        >>> fitted.means.tolist(), fitted.covs.round(4).tolist()
        ([[1.0]], [[[1.5]]])
    """
    totals = counts.sum(axis=1)
    alive = (totals > LEAST_COUNT)[:, None]
    n_rows = jnp.where(alive, totals[:, None], 1)
    means = jnp.where(alive, counts @ x / n_rows, mixture.means)
    centered = _centered(means, x)
    scatter = jnp.einsum("kin,kjn->kij", counts[:, None] * centered, centered)
    covs = _constrained(scatter / n_rows[..., None], covariance)
    covs = covs + ridge(covs, floor)[:, None, None] * jnp.eye(x.shape[1])[None]
    covs = jnp.where(alive[..., None], covs, mixture.covs)
    return Mixture(totals / totals.sum(), means, covs)


def ridge(covs: Float[Array, "k d d"], floor) -> Float[Array, " k"]:
    """Return what is added to the variances: the floor, and float32 rounding.

    The floor alone would not keep a Cholesky factor finite: the rounding of a
    covariance matrix is of the order of its trace, not of the floor.
    """
    rounding = jnp.finfo(covs.dtype).eps
    return floor + rounding * jnp.trace(covs, axis1=1, axis2=2)


def em(
    mixture: Mixture,
    x: Float[Array, "n d"],
    weights: Float[Array, " n"],
    n_steps: int,
    covariance: str,
    floor: Float[Array, ""] | float,
) -> Mixture:
    """Run EM steps on weighted rows; each raises their likelihood (but for the floor).

    Args:
        mixture: where to start.
        x: the rows.
        weights: their counts, >= 0, some positive.
        n_steps: how many steps (static).
        covariance: one of ``COVARIANCES``.
        floor: variance added in all directions, > 0.

    Returns:
        The parameters after the last step.

    References:
        A. P. Dempster, N. M. Laird, D. B. Rubin, "Maximum Likelihood from Incomplete
        Data via the EM Algorithm", JRSS B 1977.

    Example:
        >>> one = Mixture(jnp.ones(1), jnp.zeros((1, 1)), jnp.ones((1, 1, 1)))
        >>> em(one, jnp.ones((3, 1)), jnp.ones(3), 5, "full", 0.25).covs.tolist()
        [[[0.25]]]
    """

    def step(_, mixture: Mixture) -> Mixture:
        shares = jax.nn.softmax(log_joint(mixture, x), axis=0)
        return maximize(mixture, shares * weights[None], x, covariance, floor)

    return jax.lax.fori_loop(0, n_steps, step, mixture)


def _centered(means: Array, x: Array) -> Float[Array, "k d n"]:
    return x.T[None] - means[..., None]


def _constrained(covs: Float[Array, "k d d"], covariance: str) -> Array:
    d = covs.shape[-1]
    if covariance == "diagonal":
        return covs * jnp.eye(d)[None]
    if covariance == "spherical":
        variance = jnp.trace(covs, axis1=1, axis2=2) / d
        return variance[:, None, None] * jnp.eye(d)[None]
    return covs
