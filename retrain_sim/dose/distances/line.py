"""Exact transport on a line: quantile against quantile."""

from __future__ import annotations

import numpy as np
from jaxtyping import Float, Int

Pairing = tuple[Int[np.ndarray, " l"], Int[np.ndarray, " l"], Float[np.ndarray, " l"]]
"""Which order statistics of two samples meet, and the mass that each pair carries."""


def pairing(n: int, m: int) -> Pairing:
    """Pair the order statistics of n and m points of equal mass.

    Args:
        n: points of the first sample, >= 1.
        m: points of the second, >= 1.

    Returns:
        At most n + m - 1 pairs; their masses sum to 1.

    Example:
        >>> first, second, mass = pairing(2, 3)
        >>> first.tolist(), second.tolist(), mass.round(3).tolist()
        ([0, 0, 1, 1], [0, 1, 1, 2], [0.333, 0.167, 0.167, 0.333])
    """
    if n == m:  # the common case needs no merge
        return np.arange(n), np.arange(n), np.full(n, 1.0 / n)
    ends = np.union1d(m * np.arange(1, n + 1), n * np.arange(1, m + 1))  # in 1/(n m)
    return (ends - 1) // m, (ends - 1) // n, np.diff(ends, prepend=0) / (n * m)


def squared_w2_sorted(
    x: Float[np.ndarray, "... n"], y: Float[np.ndarray, "... m"], pairs: Pairing
) -> Float[np.ndarray, "..."]:
    """Return the squared W2 of sorted samples, along their last axis."""
    first, second, mass = pairs
    if not len(first) == x.shape[-1] == y.shape[-1]:
        x, y = x[..., first], y[..., second]
    return np.asarray((x - y) ** 2 @ mass.astype(x.dtype))


def squared_w2_line(x: Float[np.ndarray, " n"], y: Float[np.ndarray, " m"]) -> float:
    """Return the exact squared W2 distance of two samples on a line.

        W2^2 = integral_0^1 (F_x^{-1}(u) - F_y^{-1}(u))^2 du

    Args:
        x: ``[n]``.
        y: ``[m]``, of any other size.

    Returns:
        In squared units of the data.

    References:
        F. Santambrogio, "Optimal Transport for Applied Mathematicians", 2015,
        Proposition 2.17.

    Example:
        >>> squared_w2_line(np.array([0.0, 1.0]), np.array([3.0, 2.0]))
        4.0
    """
    pairs = pairing(x.size, y.size)
    return float(squared_w2_sorted(np.sort(x), np.sort(y), pairs))
