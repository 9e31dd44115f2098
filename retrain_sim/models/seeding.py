"""Where mixtures start: centers spread over weighted data by k-means++."""

from __future__ import annotations

import jax
import jax.numpy as jnp
from jaxtyping import Array, Float, Int, PRNGKeyArray

from retrain_sim.sampling import cumulative_weights, weighted_index


def spread_rows(
    key: PRNGKeyArray,
    data: Float[Array, "n d"],
    weights: Float[Array, " n"],
    n_centers: int,
) -> Float[Array, "k d"]:
    """Draw rows with probability proportional to their squared distance to the last.

    That is, to the nearest row drawn before; the first is drawn by weight alone. Once
    every row has been drawn, rows are drawn by weight again.

    Args:
        key: a PRNG key.
        data: the rows.
        weights: counts of the rows, >= 0, some positive.
        n_centers: k, the number of rows to draw.

    Returns:
        The rows drawn.

    References:
        D. Arthur, S. Vassilvitskii, "k-means++: The Advantages of Careful Seeding",
        SODA 2007.

    Example:
        >>> data, ones = jnp.array([[0.0], [0.0], [9.0]]), jnp.ones(3)
        >>> sorted(spread_rows(jax.random.key(0), data, ones, 2).ravel().tolist())
        [0.0, 9.0]
    """

    def draw(squared, key):
        mass = weights * jnp.where(jnp.isinf(squared), 1, squared)
        mass = jnp.where(mass.sum() > 0, mass, weights)
        row = data[weighted_index(key, cumulative_weights(mass), 1)[0]]
        return jnp.minimum(squared, ((data - row[None]) ** 2).sum(axis=1)), row

    unknown = jnp.full(len(data), jnp.inf)
    return jax.lax.scan(draw, unknown, jax.random.split(key, n_centers))[1]


def nearest_center(
    data: Float[Array, "n d"], centers: Float[Array, "k d"]
) -> Int[Array, " n"]:
    """Find the nearest center of every row (the first of equally near ones).

    Example:
        >>> centers = jnp.array([[0.0], [9.0]])
        >>> nearest_center(jnp.array([[1.0], [8.0]]), centers).tolist()
        [0, 1]
    """
    return ((data[:, None] - centers[None]) ** 2).sum(axis=2).argmin(axis=1)
