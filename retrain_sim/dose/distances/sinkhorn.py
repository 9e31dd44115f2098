"""Entropic transport between samples, debiased: the Sinkhorn divergence.

Scaling iterations on a kernel that is stabilized by potentials, at a regularization
that is halved step by step: one exponential of the n x m costs per step, then only
matrix-vector products.
"""

from __future__ import annotations

import math
from functools import partial

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float

EPSILON = 0.05
INNER, MOST, TOLERANCE = 10, 100, 1e-5
"""Iterations between two stabilizations; stabilizations at the end; marginal error."""

PADDED = 1024
"""Fewer rows than these are padded to a power of two."""

Cloud = tuple[Float[Array, "_ d"], Float[Array, " _"]]
"""Rows and their weights, sum 1."""

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
    center = x.mean(axis=0, dtype=np.float64)
    pair = x - center, y - center
    scale = math.sqrt(_mean_cost(*pair))
    if scale == 0:
        return 0.0
    # In units of their distance: points that nearly coincide underflow in float32.
    first, second = (_padded(z / scale) for z in pair)
    eps = jnp.asarray(np.float64(epsilon))
    across = _transport(first, second, eps)
    squared = across - _within(first, eps) / 2 - _within(second, eps) / 2
    return float(squared) * scale**2


def _padded(x: Float[np.ndarray, "k d"]) -> Cloud:
    """Add rows of weight 0 to few rows: few sizes, few compilations."""
    n = len(x)
    more = 0 if n >= PADDED else 2 ** max((n - 1).bit_length(), 5) - n
    rows = np.concatenate([x, np.zeros((more, x.shape[1]))])
    weights = np.concatenate([np.full(n, 1.0 / n), np.zeros(more)])
    return jnp.asarray(rows), jnp.asarray(weights)


def _mean_cost(x: Float[np.ndarray, "n d"], y: Float[np.ndarray, "m d"]) -> float:
    """Average |x - y|^2 over all pairs, without the pairs."""
    spread = (x**2).sum(axis=1).mean() + (y**2).sum(axis=1).mean()
    return max(float(spread - 2 * x.mean(axis=0) @ y.mean(axis=0)), 0.0)


def _costs(x: Float[Array, "n d"], y: Float[Array, "m d"]) -> Float[Array, "n m"]:
    squares = (x**2).sum(1)[:, None] + (y**2).sum(1)[None] - 2 * x @ y.T
    return jnp.maximum(squares, 0.0)


def _stages(costs: Array, eps: Array) -> Array:
    """Count the halvings from the greatest cost down to the regularization."""
    ratio = jnp.maximum(costs.max() / eps, 1.0)
    return jnp.ceil(jnp.log2(ratio)).astype(jnp.int32)


@jax.jit
def _transport(x: Cloud, y: Cloud, eps: Float[Array, ""]) -> Float[Array, ""]:
    """Return OT(x, y), the value of its dual."""
    costs, weights = _costs(x[0], y[0]), (x[1], y[1])
    step = partial(_alternate, costs, weights)
    start = (jnp.zeros_like(costs[:, 0]), jnp.zeros_like(costs[0]))
    f, g = _solve(step, costs, eps, start)
    return weights[0] @ f + weights[1] @ g


@jax.jit
def _within(x: Cloud, eps: Float[Array, ""]) -> Float[Array, ""]:
    """Return OT(x, x): both potentials are the same."""
    costs = _costs(x[0], x[0])
    step = partial(_symmetric, costs, x[1])
    (f,) = _solve(step, costs, eps, (jnp.zeros_like(costs[0]),))
    return 2 * x[1] @ f


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


def _alternate(costs, weights, eps, potentials: Potentials):
    """Iterate u = 1/(K b v), v = 1/(K' a u) a few times; absorb u and v."""
    a, b = weights
    g = potentials[1]
    f = -eps * jax.nn.logsumexp((g[None] - costs) / eps, axis=1, b=b[None])
    kernel = jnp.exp((f[:, None] + g[None] - costs) / eps)

    def both(_, scales):
        v = 1 / ((a * scales[0]) @ kernel)
        return 1 / (kernel @ (b * v)), v

    u, v = jax.lax.fori_loop(0, INNER, both, (jnp.ones_like(f), jnp.ones_like(g)))
    error = b @ jnp.abs(v * ((a * u) @ kernel) - 1)
    return (f + eps * jnp.log(u), g + eps * jnp.log(v)), error


def _symmetric(costs, weights, eps, potentials):
    """Iterate u = sqrt(u / (K a u)) a few times; absorb u."""
    (f,) = potentials
    above = jax.nn.logsumexp((f[None] - costs) / eps, axis=1, b=weights[None])
    f = (f - eps * above) / 2
    kernel = jnp.exp((f[:, None] + f[None] - costs) / eps)

    def once(_, u):
        return jnp.sqrt(u / (kernel @ (weights * u)))

    u = jax.lax.fori_loop(0, INNER, once, jnp.ones_like(f))
    error = weights @ jnp.abs(u * (kernel @ (weights * u)) - 1)
    return (f + eps * jnp.log(u),), error
