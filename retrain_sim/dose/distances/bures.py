"""Distance of the fitted Gaussians: means and covariances, nothing else."""

from __future__ import annotations

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Float

from retrain_sim.metrics.frechet import frechet_distance


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
    with jax.enable_x64(True):
        rows = [(jnp.asarray(z, jnp.float64), jnp.ones(len(z))) for z in (x, y)]
        return float(_frechet(*rows))


_frechet = jax.jit(frechet_distance)
