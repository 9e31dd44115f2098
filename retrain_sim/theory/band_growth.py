"""Growth of some thousand outcomes whose rewards spread over many temperatures.

At a node v an outcome counts for something between nothing and everything only while
v + z is in a window of about 50 temperatures. Only that band of the kernels is held;
above it an outcome counts fully, which is a cumulative sum over outcomes by reward.
"""

import math
from collections.abc import Callable

import numpy as np
import scipy.sparse
from jaxtyping import Float

from retrain_sim.theory import core

TOP = 6.0  # exp(-exp(6)) is nothing


def band_growth(
    z: Float[np.ndarray, "m n"],
    voter_weights: Float[np.ndarray, " m"],
    slate_size: int | float,
) -> Callable[[Float[np.ndarray, "*batch n"]], Float[np.ndarray, "*batch n"]]:
    """Prepare the growth at a finite slate size; 5 kB per outcome and voter.

    Args:
        z: Rewards over temperature [m, n], at most 0.
        voter_weights: [m], > 0, sum 1.
        slate_size: K, an integer >= 1.

    Returns:
        A function of probs [..., n].

    References:
        Derived here; the integral is that of `retrain_sim.theory.core`.
    """
    bands = [_band(row, slate_size) for row in z]

    def growth(probs):
        flat = probs.reshape(-1, probs.shape[-1]).T
        total = np.zeros(flat.shape)
        for w, (falls, gains, order, above) in zip(voter_weights, bands, strict=True):
            full = np.cumsum(flat[order], axis=0)
            deficit = falls @ flat - np.where(above > 0, full[above - 1].T, 0.0).T
            log_laplace = np.log1p(np.maximum(deficit, -1.0 + 1e-15))
            total += gains.T @ (w * np.exp((slate_size - 1.0) * log_laplace))
        return total.T.reshape(probs.shape)

    return growth


def _band(z, slate_size):
    """Return both kernels [q, n], outcomes from the best on, and how many are above."""
    nodes = np.asarray(core.quadrature_nodes(z, slate_size))
    low = np.searchsorted(nodes, -z - core.TAIL - math.log(slate_size))
    high = np.searchsorted(nodes, TOP - z, side="right")
    columns = np.repeat(np.arange(z.size), high - low)
    ends = np.cumsum(high - low)
    rows = np.arange(columns.size) - np.repeat(ends - (high - low), high - low)
    rows += low[columns]
    rate = np.exp(nodes[rows] + z[columns])
    shape = (nodes.size, z.size)
    kept = slate_size * core.STEP * rate * np.exp(-rate)
    falls = scipy.sparse.csr_array((np.expm1(-rate), (rows, columns)), shape=shape)
    gains = scipy.sparse.csr_array((kept, (rows, columns)), shape=shape)
    above = np.searchsorted(np.sort(TOP - z), nodes, side="left")
    return falls, gains, np.argsort(-z, kind="stable"), above
