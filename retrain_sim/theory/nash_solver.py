"""The restricted problem of Nash bargaining: a few outcomes, to full precision.

    maximize  sum_i w_i log (U p)_i   over p >= 0 with sum 1

With weights of sum 1 the constraint on the sum may be dropped in favor of a price of 1
per unit of mass. The optimum is then the solution of

    U^T y + s = 1,    Z = U p,    Z y = w,    p s = 0,    p, s, y >= 0

and a weighted path-following method of linear programming applies: Newton steps for
p s = mu while mu falls, every iterate exactly feasible in U^T y + s = 1.
"""

import itertools

import numpy as np
from jaxtyping import Float, Int

CENTERING = 0.1
BACK_OFF = 0.99  # share of the way to the boundary
COMPLEMENTARITY = 1e-15  # rounding of the slack
NEGLIGIBLE = 1e-7  # share of every voter's mean utility
MAX_STEPS = 100


def solve_restricted(
    utilities: Float[np.ndarray, "m k"], weights: Float[np.ndarray, " m"]
) -> Float[np.ndarray, " k"]:
    """Maximize the weighted log mean utility over distributions on k outcomes.

    Args:
        utilities: U [m, k], in [0, 1], each voter's best outcome above 0.
        weights: w [m], > 0, sum 1.

    Returns:
        The maximizer [k], exactly 0 where the price exceeds the gain, with at most m
        outcomes above 0.

    References:
        C. Roos, T. Terlaky, J.-P. Vial, "Interior Point Methods for Linear
        Optimization", Springer 2005 (weighted paths). B. G. Lindsay, "The Geometry of
        Mixture Likelihoods", Annals of Statistics 1983 (at most m outcomes).
    """
    probs, slack = _follow(utilities, weights)
    part = utilities * probs / (utilities @ probs)[:, None]
    kept = np.flatnonzero((probs > slack) | (part.max(axis=0) > NEGLIGIBLE))
    few, _ = _follow(utilities[:, kept], weights)
    probs = np.zeros_like(probs)
    probs[kept] = _reduce(utilities[:, kept], few)
    return probs / probs.sum()


def _follow(
    utilities: Float[np.ndarray, "m k"], weights: Float[np.ndarray, " m"]
) -> tuple[Float[np.ndarray, " k"], Float[np.ndarray, " k"]]:
    """Return p [k] and s [k] at the end of the path, both above 0."""
    k = utilities.shape[1]
    probs = np.full(k, 1.0 / k)
    prices = weights / (utilities @ probs)
    prices *= 0.5 / (prices @ utilities).max()
    slack = 1.0 - prices @ utilities
    for _ in range(MAX_STEPS):
        target = CENTERING * (probs @ slack) / k
        if target < COMPLEMENTARITY:
            break
        probs, prices, slack = _step(utilities, weights, probs, prices, slack, target)
    return probs, slack


def _step(utilities, weights, probs, prices, slack, target):
    """Take one damped Newton step towards p s = target and Z y = w."""
    mean = utilities @ probs
    scale = np.sqrt(probs / slack)
    gain = (weights / mean) @ utilities - 1.0 + target / probs
    scaled = np.sqrt(prices / mean)[:, None] * utilities * scale
    # The scaling bounds the smallest eigenvalue by 1, however flat the problem is.
    system = np.eye(probs.size) + scaled.T @ scaled
    d_probs = scale * np.linalg.solve(system, scale * gain)
    d_prices = (weights - prices * (mean + utilities @ d_probs)) / mean
    d_slack = -d_prices @ utilities
    falls = np.concatenate([d_probs / probs, d_prices / prices, d_slack / slack])
    size = BACK_OFF / max(BACK_OFF, -falls.min())
    return probs + size * d_probs, prices + size * d_prices, slack + size * d_slack


def _reduce(
    utilities: Float[np.ndarray, "m k"], probs: Float[np.ndarray, " k"]
) -> Float[np.ndarray, " k"]:
    """Move to m outcomes with the same mean utilities, at no greater price."""
    while (inside := np.flatnonzero(probs)).size > utilities.shape[0]:
        way = np.linalg.svd(utilities[:, inside])[2][-1]
        way = way if way.sum() > 0 else -way
        room = np.where(way > 0, probs[inside] / np.where(way > 0, way, 1.0), np.inf)
        moved = probs[inside] - room.min() * way
        moved[room.argmin()] = 0.0
        probs = np.zeros_like(probs)
        probs[inside] = np.maximum(moved, 0.0)
    return probs


def best_per_block(
    values: Float[np.ndarray, " n"], n_blocks: int
) -> Int[np.ndarray, " b"]:
    """Return the index of the greatest value of each of n_blocks runs of atoms."""
    edges = np.linspace(0, values.size, min(n_blocks, values.size) + 1).astype(int)
    runs = itertools.pairwise(edges)
    return np.array([low + values[low:high].argmax() for low, high in runs])
