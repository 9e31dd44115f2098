"""Growth of the outcomes of a pool, on the host: many rounds of one pool, cheaply.

The kernels of the quadrature of `retrain_sim.theory.core` depend on rewards only. Here
they are computed once: a round is then two matrix products per voter for a few hundred
outcomes, and two interpolations per voter for a million (`level_growth`), or two sparse
products where rewards spread far (`band_growth`).
"""

import math
from collections.abc import Callable

import numpy as np
from jaxtyping import Float

from retrain_sim.theory import core
from retrain_sim.theory.band_growth import band_growth
from retrain_sim.theory.level_growth import level_growth

FEW = 1024  # outcomes at most where kernels are held
DENSE_CELLS = 2**18  # outcomes times nodes, per voter
BANDED = 2**14  # outcomes, and not more than
PER_UNIT = 8  # per temperature: else interpolation is faster
REACH = 60.0  # exp(-60) is nothing beside 1, and beside 1 / K for K < 1e9

Growth = Callable[[Float[np.ndarray, "*batch n"]], Float[np.ndarray, "*batch n"]]


def pool_growth(
    rewards: Float[np.ndarray, "m n"],
    voter_weights: Float[np.ndarray, " m"],
    slate_size: int | float,
    temperature: int | float = 1.0,
) -> Growth:
    """Prepare the `curation_multiplier` of one pool, for any shares of its outcomes.

    Args:
        rewards: Finite rewards [m, n], one row per voter.
        voter_weights: Probability that each voter judges a slate [m], >= 0, sum 1.
        slate_size: K, an integer >= 1, or math.inf.
        temperature: Unit of the rewards, > 0; math.inf means no curation.

    Returns:
        A function of probs [..., n], exact to 1e-11 K for shares that sum to 1.

    Raises:
        ValueError: If rewards / temperature cover more than 32768 units densely.

    References:
        Derived here, for the curation of Falahati et al., 2026, arXiv:2605.07724.

    Example:
        >>> growth = pool_growth(np.array([[1.0, 0.0]]), np.ones(1), 2)
        >>> growth(np.array([0.5, 0.5])).round(4)
        array([1.2311, 0.7689])
    """
    judged = voter_weights > 0
    rewards, weights = rewards[judged], voter_weights[judged]
    z = (rewards - rewards.max(axis=1, keepdims=True)) / temperature
    if math.isinf(slate_size):
        return lambda probs: _infinite(probs, z, weights)
    z = close_gaps(z, REACH + math.log(slate_size))
    if z.shape[1] <= FEW:
        nodes = core.quadrature_nodes(z, slate_size)
        if nodes is not None and nodes.size * z.shape[1] <= DENSE_CELLS:
            return _dense(z, weights, slate_size, nodes)
    if z.shape[1] <= min(BANDED, PER_UNIT * np.ptp(z, axis=1).max()):
        return band_growth(z, weights, slate_size)
    return level_growth(z, weights, slate_size)


def close_gaps(z: Float[np.ndarray, "m n"], reach: float) -> Float[np.ndarray, "m n"]:
    """Narrow gaps between rewards to where a wider one would change nothing.

    Example:
        >>> close_gaps(np.array([[0.0, -1.0, -1001.0]]), 60.0)
        array([[  0.,  -1., -61.]])
    """
    closed = np.empty_like(z)
    for i, row in enumerate(z):
        if row.min() >= -reach:
            closed[i] = row
            continue
        levels, index = np.unique(-row, return_inverse=True)
        steps = np.minimum(np.diff(levels, prepend=levels[0]), reach)
        closed[i] = 0.0 - np.cumsum(steps)[index]
    return closed


def _infinite(probs, z, weights):
    """Return sum_i w_i u_i / E_p[u_i], as `core.limit_multiplier` does."""
    total = np.zeros(probs.shape)
    for w, row in zip(weights, z, strict=True):
        best = np.where(probs > 0, row, -np.inf).max(axis=-1, keepdims=True)
        utility = np.exp(np.minimum(row - best, 700.0))
        total += w * utility / (utility * probs).sum(axis=-1, keepdims=True)
    return total


def _dense(z, weights, slate_size, nodes):
    """Hold the kernels [q, n] of every voter: what scanning computes afresh."""
    rate = np.exp(np.minimum(nodes[:, None] + z[:, None, :], 8.0))
    deficit = np.swapaxes(np.expm1(-rate), 1, 2).copy()
    kept = slate_size * core.STEP * rate * np.exp(-rate)

    def growth(probs):
        total = np.zeros(probs.shape)
        for w, fall, gain in zip(weights, deficit, kept, strict=True):
            log_laplace = np.log1p(np.maximum(probs @ fall, -1.0 + 1e-15))
            total += (w * np.exp((slate_size - 1.0) * log_laplace)) @ gain
        return total

    return growth
