"""How well a learner does: overall, and on declared slices."""

from __future__ import annotations

import jax
import jax.numpy as jnp
from jaxtyping import Array, Float, Int


def accuracy(
    predicted: Int[Array, " n"], labels: Int[Array, " n"], weights: Float[Array, " n"]
) -> Float[Array, ""]:
    """Return the share of the weight that is labelled correctly, in [0, 1].

    Args:
        predicted: classes that a learner says.
        labels: classes that are true.
        weights: counts of the rows, >= 0.

    Returns:
        The accuracy; NaN if no row has weight.

    Example:
        >>> said, true = jnp.array([0, 1, 1, 0]), jnp.array([0, 1, 0, 0])
        >>> float(accuracy(said, true, jnp.ones(4)))
        0.75
    """
    return weights @ (predicted == labels) / weights.sum()


def slice_accuracy(
    predicted: Int[Array, " n"],
    labels: Int[Array, " n"],
    weights: Float[Array, " n"],
    slices: Int[Array, " n"],
    n_slices: int,
) -> Float[Array, " n_slices"]:
    """Return the accuracy on every slice of the data: overall accuracy hides them.

    Args:
        predicted: classes that a learner says.
        labels: classes that are true.
        weights: counts of the rows, >= 0.
        slices: the slice of every row, in ``0 .. n_slices - 1``.
        n_slices: how many there are.

    Returns:
        One accuracy per slice; NaN where no row has weight.

    Example:
        >>> said, true = jnp.array([0, 1, 1, 0]), jnp.array([0, 1, 0, 0])
        >>> slices = jnp.array([0, 0, 1, 1])
        >>> slice_accuracy(said, true, jnp.ones(4), slices, 2).tolist()
        [1.0, 0.5]
    """

    def one(number: Int[Array, ""]) -> Float[Array, ""]:
        return accuracy(predicted, labels, weights * (slices == number))

    return jax.vmap(one)(jnp.arange(n_slices))
