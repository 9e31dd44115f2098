"""Statistics of weighted samples: mean, root of the covariance, median."""

from __future__ import annotations

import jax.numpy as jnp
from jaxtyping import Array, Float


def mean_of(x: Float[Array, "n d"], weights: Float[Array, " n"]) -> Float[Array, " d"]:
    """Return the weighted mean ``[d]``."""
    return weights @ x / weights.sum()


def root_covariance(
    x: Float[Array, "n d"], weights: Float[Array, " n"]
) -> Float[Array, "r d"]:
    """Return R ``[min(n, d), d]`` such that R'R is the plug-in covariance of x.

    By a QR decomposition: to square the data and take a root again would lose half of
    float32's digits wherever a direction has little variance.

    Example:
        >>> import jax.numpy as jnp
        >>> root = root_covariance(jnp.array([[0.0], [2.0]]), jnp.array([1.0, 3.0]))
        >>> (root.T @ root).round(4).tolist()
        [[0.75]]
    """
    probs = weights / weights.sum()
    centered = x - mean_of(x, weights)[None]
    return jnp.linalg.qr(jnp.sqrt(probs)[:, None] * centered, mode="r")


def lower_median(
    values: Float[Array, " n"], weights: Float[Array, " n"]
) -> Float[Array, ""]:
    """Return the least value that half of the weight does not exceed.

    Example:
        >>> import jax.numpy as jnp
        >>> float(lower_median(jnp.array([3.0, 1.0, 2.0]), jnp.array([1.0, 1.0, 0.0])))
        1.0
    """
    order = jnp.argsort(values)
    below = jnp.cumsum(weights[order])
    return values[order][jnp.argmax(2 * below >= below[-1])]
