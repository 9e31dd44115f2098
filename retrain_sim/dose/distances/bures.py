"""Distance of the fitted Gaussians: means and covariances, nothing else."""

from __future__ import annotations

import numpy as np
from jaxtyping import Float


def squared_bures(x: Float[np.ndarray, "n d"], y: Float[np.ndarray, "m d"]) -> float:
    """Return the squared W2 distance of two fitted Gaussians, in float64.

        |m - m'|^2 + tr(C + C' - 2 (C^1/2 C' C^1/2)^1/2)

    Args:
        x: ``[n, d]``, in any feature space.
        y: ``[m, d]``.

    Returns:
        In squared units of the features; a lower bound on the squared W2 distance of
        the two laws, and W2 itself for Gaussians.

    References:
        M. Gelbrich, "On a Formula for the L2 Wasserstein Metric between Measures on
        Euclidean and Hilbert Spaces", Math. Nachr. 147, 1990.

    Example:
        >>> far = squared_bures(np.array([[-1.0], [1.0]]), np.array([[0.0], [4.0]]))
        >>> round(far, 9)
        5.0
    """
    # As in metrics/frechet.py, on the host: other sizes need no new compilation.
    roots = [_root_covariance(z) for z in (x, y)]
    overlap = np.linalg.svd(roots[0] @ roots[1].T, compute_uv=False).sum()
    spread = sum(float((root**2).sum()) for root in roots) - 2 * overlap
    shift = x.mean(axis=0) - y.mean(axis=0)
    return float(shift @ shift + max(spread, 0.0))


def _root_covariance(x: Float[np.ndarray, "n d"]) -> Float[np.ndarray, "d d"]:
    """Return R with R'R the covariance of the rows."""
    centered = x - x.mean(axis=0)
    values, vectors = np.linalg.eigh(centered.T @ centered / len(x))
    return np.sqrt(np.maximum(values, 0.0))[:, None] * vectors.T
