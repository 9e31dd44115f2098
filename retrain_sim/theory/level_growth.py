"""Growth of a million outcomes in one round, by interpolation between reward levels.

H_i(x) depends on x only through z_i(x), and L_i(v) on the shares only through their
distribution over z_i. Both kernels are analytic, so shares are spread over a grid of
levels with the weights of Lagrange interpolation (which is exact for L_i to the order
of the stencil), and H_i is interpolated back. On the grid v + z is a multiple of the
spacing: L_i is a convolution and H_i a correlation.
"""

import math
from collections.abc import Callable

import numpy as np
import scipy.sparse
from jaxtyping import Float

from retrain_sim.theory import core

PER_NODE = 16  # levels per step of the nodes, 1/64 apart: an error of about 1e-12
STENCIL = 6
MAX_BLOCKS = 4 * core.MAX_LEVELS

_BASIS = np.array(
    [
        np.poly([j for j in range(STENCIL) if j != i])
        / np.prod([i - j for j in range(STENCIL) if j != i])
        for i in range(STENCIL)
    ]
)


def level_growth(
    z: Float[np.ndarray, "m n"],
    voter_weights: Float[np.ndarray, " m"],
    slate_size: int | float,
) -> Callable[[Float[np.ndarray, "*batch n"]], Float[np.ndarray, "*batch n"]]:
    """Prepare the growth at a finite slate size; 50 bytes per outcome and voter.

    Args:
        z: Rewards over temperature [m, n], at most 0.
        voter_weights: [m], > 0, sum 1.
        slate_size: K, an integer >= 1.

    Returns:
        A function of probs [..., n]; rows are taken one at a time.

    Raises:
        ValueError: If z covers more than 32768 units.

    References:
        Derived here; the integral is that of `retrain_sim.theory.core`.
    """
    spreads = [_interpolation(row) for row in z]
    falls, gains = _kernels(slate_size)

    def growth(probs):
        if probs.ndim > 1:
            return np.stack([growth(row) for row in probs])
        total = np.zeros(probs.size)
        for w, spread in zip(voter_weights, spreads, strict=True):
            masses = (spread.T @ probs).reshape(-1, PER_NODE)
            deficit = _deficit(masses, falls)
            log_laplace = np.log1p(np.maximum(deficit, -1.0 + 1e-15))
            power = w * np.exp((slate_size - 1.0) * log_laplace)
            levels = [np.correlate(power, gain, "valid") for gain in gains]
            total += spread @ np.stack(levels, axis=1).ravel()
        return np.maximum(total, 0.0)

    return growth


def _interpolation(z: Float[np.ndarray, " n"]) -> scipy.sparse.csr_array:
    """Return the weights [n, levels] of every outcome on the six levels around it."""
    at = (core.STEP - z) * (PER_NODE / core.STEP)
    blocks = math.ceil((at.max() + STENCIL) / PER_NODE)
    if blocks > MAX_BLOCKS:
        raise ValueError(
            f"rewards / temperature cover {-z.min():.0f} units, allowed <= "
            f"{core.MAX_LEVELS}: raise the temperature or use slate_size=math.inf"
        )
    first = np.floor(at).astype(np.int32) - (STENCIL // 2 - 1)
    weights = np.empty((z.size, STENCIL))
    for i, basis in enumerate(_BASIS):
        weights[:, i] = np.polyval(basis, at - first)
    columns = (first[:, None] + np.arange(STENCIL, dtype=np.int32)).ravel()
    ends = np.arange(0, weights.size + 1, STENCIL, dtype=np.int32)
    shape = (z.size, blocks * PER_NODE)
    return scipy.sparse.csr_array((weights.ravel(), columns, ends), shape=shape)


def _kernels(slate_size):
    """Return expm1(-e^u) and K h e^(u - e^u) [levels per node, window of nodes]."""
    tail = core.TAIL + math.log(slate_size)
    nodes = -tail + core.STEP * np.arange(math.ceil((tail + 6.0) / core.STEP))
    levels = np.arange(PER_NODE)[:, None] * (core.STEP / PER_NODE)
    rate = np.exp(nodes - levels)
    return np.expm1(-rate), slate_size * core.STEP * rate * np.exp(-rate)


def _deficit(masses, falls):
    """Return L - 1 at every node: a window of the kernel, beyond which it is -1."""
    window = falls.shape[1]
    total = np.zeros(len(masses) + window - 1)
    for mass, fall in zip(masses.T, falls, strict=True):
        total += np.convolve(mass, fall)
    total[window:] -= np.cumsum(masses.sum(axis=1))[:-1]
    return total
