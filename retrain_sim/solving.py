"""Linear systems that may be solved side by side in one mapped program."""

from __future__ import annotations

import jax
import jax.numpy as jnp
from jaxtyping import Array, Float


def solve_positive(
    matrix: Float[Array, "d d"], right: Float[Array, "d k"]
) -> Float[Array, "d k"]:
    """Solve A x = b for a symmetric positive definite A, by elimination.

    Not by ``cho_solve`` or ``jnp.linalg.solve``: in a mapped program on a CPU with two
    cores, two library factorizations that do not depend on each other can wait for each
    other, and for a matrix product, forever (jaxlib 0.10.2). Such a matrix needs no
    pivoting: d steps of d (d + k) multiplications each.

    Args:
        matrix: A.
        right: b, one column per system.

    Returns:
        x; not meaningful if A is not positive definite.

    Example:
        >>> a = jnp.array([[4.0, 2.0], [2.0, 3.0]])
        >>> solve_positive(a, jnp.array([[8.0], [7.0]])).round(4).tolist()
        [[1.25], [1.5]]
    """

    def eliminate(i: Array, table: Array) -> Array:
        row = table[i] / table[i, i]
        rest = table[:, i].at[i].set(0.0)
        return table.at[i].set(row) - rest[:, None] * row[None]

    d = len(matrix)
    table = jnp.concatenate([matrix, right], axis=1)
    return jax.lax.fori_loop(0, d, eliminate, table)[:, d:]
