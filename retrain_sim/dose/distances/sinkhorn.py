"""Entropic transport between samples, debiased: the Sinkhorn divergence.

Scaling iterations on a kernel that is stabilized by potentials, at a regularization
that is halved step by step: one exponential of the n x m costs per step, then only
matrix-vector products.
"""

from __future__ import annotations

from functools import partial

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float

EPSILON = 0.05
INNER, MOST, TOLERANCE = 10, 100, 1e-5
"""Iterations between two stabilizations; stabilizations at the end; marginal error."""

Potentials = tuple[Float[Array, " n"], Float[Array, " m"]]


def squared_sinkhorn(
    x: Float[np.ndarray, "n d"],
    y: Float[np.ndarray, "m d"],
    epsilon: float = EPSILON,
) -> float:
    """Return the Sinkhorn divergence of two samples for squared distances.

        S = OT(x, y) - OT(x, x)/2 - OT(y, y)/2
        OT = min_pi <C, pi> + eps KL(pi | uniform x uniform)

    Between W2^2 (epsilon to 0) and the squared distance of the means (epsilon to inf).

    Args:
        x: ``[n, d]``.
        y: ``[m, d]``.
        epsilon: regularization > 0, in units of the mean squared distance of x and y.

    Returns:
        S, in squared units of the data.

    References:
        M. Cuturi, "Sinkhorn Distances", NeurIPS 2013, arXiv 1306.0895; J. Feydy,
        T. Sejourne, F.-X. Vialard, S. Amari, A. Trouve, G. Peyre, "Interpolating
        between Optimal Transport and MMD using Sinkhorn Divergences", AISTATS 2019,
        arXiv 1810.08278. B. Schmitzer, "Stabilized Sparse Scaling Algorithms",
        SIAM J. Sci. Comput. 2019, arXiv 1610.06519.

    Example:
        >>> x = np.zeros((2, 1))
        >>> round(squared_sinkhorn(x, x + 2.0), 4)
        4.0
    """
    center = x.mean(axis=0)
    first, second = (jnp.asarray(z - center) for z in (x, y))
    eps = float(epsilon * _mean_cost(first, second))
    across = _transport(first, second, eps)
    return float(across - _within(first, eps) / 2 - _within(second, eps) / 2)


@jax.jit
def _mean_cost(x, y):
    """Average |x - y|^2 over all pairs, without the pairs."""
    spread = (x**2).sum(1).mean() + (y**2).sum(1).mean()
    return jnp.maximum(spread - 2 * x.mean(0) @ y.mean(0), jnp.finfo(x.dtype).tiny)


def _costs(x: Float[Array, "n d"], y: Float[Array, "m d"]) -> Float[Array, "n m"]:
    squares = (x**2).sum(1)[:, None] + (y**2).sum(1)[None] - 2 * x @ y.T
    return jnp.maximum(squares, 0.0)


def _stages(costs: Array, eps: Array) -> Array:
    """Count the halvings from the greatest cost down to the regularization."""
    ratio = jnp.maximum(costs.max() / eps, 1.0)
    return jnp.ceil(jnp.log2(ratio)).astype(jnp.int32)


@jax.jit
def _transport(x, y, eps):
    """Return OT(x, y), the value of its dual."""
    costs = _costs(x, y)
    step = partial(_alternate, costs)
    start = (jnp.zeros_like(costs[:, 0]), jnp.zeros_like(costs[0]))
    f, g = _solve(step, costs, eps, start)
    return f.mean() + g.mean()


@jax.jit
def _within(x, eps):
    """Return OT(x, x): both potentials are the same."""
    costs = _costs(x, x)
    step = partial(_symmetric, costs)
    (f,) = _solve(step, costs, eps, (jnp.zeros_like(costs[0]),))
    return 2 * f.mean()


def _solve(step, costs, eps, potentials):
    """Halve the regularization down to eps, then iterate until marginals hold."""
    n_stages = _stages(costs, eps)

    def halve(i, potentials):
        return step(eps * 2.0 ** (n_stages - i), potentials)[0]

    def unfinished(state):
        i, error, _ = state
        return (i < MOST) & (error > TOLERANCE)

    def finish(state):
        i, _, potentials = state
        potentials, error = step(eps, potentials)
        return i + 1, error, potentials

    potentials = jax.lax.fori_loop(0, n_stages, halve, potentials)
    error = jnp.asarray(jnp.inf, costs.dtype)
    return jax.lax.while_loop(unfinished, finish, (0, error, potentials))[2]


def _alternate(costs, eps, potentials: Potentials):
    """Iterate u = 1/(K v), v = 1/(K' u) a few times; absorb u and v."""
    g = potentials[1]
    f = -eps * _log_mean((g[None] - costs) / eps, axis=1)
    kernel = jnp.exp((f[:, None] + g[None] - costs) / eps)
    n, m = costs.shape

    def both(_, scales):
        v = n / (scales[0] @ kernel)
        return m / (kernel @ v), v

    u, v = jax.lax.fori_loop(0, INNER, both, (jnp.ones_like(f), jnp.ones_like(g)))
    error = jnp.abs(v * (u @ kernel) / n - 1).mean()
    return (f + eps * jnp.log(u), g + eps * jnp.log(v)), error


def _symmetric(costs, eps, potentials):
    """Iterate u = sqrt(u / (K u)) a few times; absorb u."""
    (f,) = potentials
    f = (f - eps * _log_mean((f[None] - costs) / eps, axis=1)) / 2
    kernel = jnp.exp((f[:, None] + f[None] - costs) / eps)
    n = len(f)

    def once(_, u):
        return jnp.sqrt(u * n / (kernel @ u))

    u = jax.lax.fori_loop(0, INNER, once, jnp.ones_like(f))
    error = jnp.abs(u * (kernel @ u) / n - 1).mean()
    return (f + eps * jnp.log(u),), error


def _log_mean(values, axis):
    """Log of the mean of exponentials."""
    return jax.nn.logsumexp(values, axis=axis) - np.log(values.shape[axis])
