"""Weighted least squares that no design can break."""

from __future__ import annotations

import jax.numpy as jnp
from jaxtyping import Array, Float


def least_squares(
    rows: Float[Array, "n columns"], weights: Float[Array, " n"]
) -> Float[Array, " d"]:
    """Regress the last column on the others: argmin_w sum_i weight_i (y_i - x_i . w)^2.

    There is no intercept. Where several w fit equally well (fewer rows than columns),
    it is the shortest, as with the pseudo-inverse.

    Args:
        rows: ``[n, d + 1]``, inputs and then the label.
        weights: counts of the rows, >= 0.

    Returns:
        The coefficients.

    Example:
        >>> rows = jnp.array([[1.0, 0.0, 2.0], [0.0, 2.0, 6.0]])
        >>> least_squares(rows, jnp.ones(2)).round(4).tolist()
        [2.0, 3.0]
    """
    root = jnp.sqrt(weights)[:, None]
    design, label = root * rows[:, :-1], root[:, 0] * rows[:, -1]
    return jnp.linalg.lstsq(design, label)[0]
