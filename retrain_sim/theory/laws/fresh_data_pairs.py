"""Two coordinates of a Gaussian with fresh real data beside its own samples."""

from typing import NamedTuple

import numpy as np
from jaxtyping import Float

PROBES = (
    (0.0, 0.0, 0.0),
    (1.0, 0.0, 0.0),
    (0.0, 1.0, 0.0),
    (2.0, 0.0, 0.0),
    (1.0, 1.0, 0.0),
    (0.0, 2.0, 0.0),
    (0.0, 0.0, 1.0),
    (1.0, 0.0, 1.0),
)
"""Squared mean, variance and covariance, the same in both coordinates: they tell every
polynomial in the moments below."""


class Round(NamedTuple):
    """What one round is made of: n_real, n_synthetic, and the sampling bias."""

    n_real: int
    n_synthetic: int
    bias: float


def squared_covariance(n_real: int, n_synthetic: int, sampling_bias: float) -> float:
    """Return E[c^2] of the covariance c of two coordinates, after many rounds.

    Seven moments of the means m_i, variances v_i and the covariance follow a linear
    map: E[m_1^2], E[v_1], E[m_1^2 m_2^2], E[m_1^2 v_2], E[v_1 v_2], E[m_1 m_2 c] and
    E[c^2]. Given all five, sums of squares and products within the real and within the
    synthetic samples are Wishart, and independent of the new means and of the distance
    of the real from the synthetic means, which are Gaussian.

    Args:
        n_real: fresh real samples per round, >= 1.
        n_synthetic: samples of the model per round, >= 0; together >= 2.
        sampling_bias: lambda in [0, 1].

    Returns:
        E[c^2], in units of the squared true variance.

    References:
        Derived here, for the loop of Alemohammad et al., "Self-Consuming Generative
        Models Go MAD", ICLR 2024, arXiv 2307.01850.

    Example:
        >>> round(squared_covariance(101, 0, 1.0), 12)
        0.01
    """
    made = Round(n_real, n_synthetic, sampling_bias)
    known = np.array(
        [[1, p, v, p * p, p * v, v * v, p * c, c * c] for p, v, c in PROBES]
    )
    after = np.stack([_next(p, v, c, made) for p, v, c in PROBES])
    affine = np.linalg.solve(known, after)
    return float(np.linalg.solve(np.eye(7) - affine[1:].T, affine[0])[6])


def _next(p: float, v: float, c: float, made: Round) -> Float[np.ndarray, " 7"]:
    """Return the seven moments after a round, from equal squared means p."""
    n, m, bias = made
    total, one, s = n + m, np.eye(2), bias * np.array([[v, c], [c, v]])
    h, w, free = n * m / total, m / total, (n - 1, max(m - 1, 0))
    mean = np.sqrt(p) * np.array([w, w, 1, 1])  # of the new means, and the distances
    shared = (s - one) / total
    own = (w * s + (1 - w) * one) / total, one / n + s / max(m, 1)
    second = np.outer(mean, mean) + np.block([[own[0], shared], [shared, own[1]]])

    def fourth(i: int, j: int, k: int, o: int) -> float:
        """Return E[z_i z_j z_k z_o] of Gaussians, from their second moments."""
        pairs = second[i, j] * second[k, o] + second[i, k] * second[j, o]
        return pairs + second[i, o] * second[j, k] - 2 * mean[[i, j, k, o]].prod()

    within, size = free[0] * one + free[1] * s, total - 1
    square, product = within[0, 0], within[0, 1]
    noise = free[0] + free[1] * (s[0, 0] ** 2 + s[0, 1] ** 2)
    squares = square**2 + 2 * free[1] * s[0, 1] ** 2
    return np.array([
        second[0, 0],
        (square + h * second[2, 2]) / size,
        fourth(0, 0, 1, 1),
        (square * second[0, 0] + h * fourth(0, 0, 3, 3)) / size,
        (squares + 2 * h * square * second[2, 2] + h**2 * fourth(2, 2, 3, 3)) / size**2,
        (product * second[0, 1] + h * fourth(0, 1, 2, 3)) / size,
        (product**2 + noise + 2 * h * product * second[2, 3]
         + h**2 * fourth(2, 3, 2, 3)) / size**2,
    ])  # fmt: skip
