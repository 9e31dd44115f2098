"""The cheapest assignment of rows to columns, exactly, inside a compiled program.

A matching grows by phases, all rows at once: the shortest paths from every free row
make prices under which a tree of paths costs nothing, then every tree that reaches a
free column gains a pair. It starts from entropic prices.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import jax
import jax.numpy as jnp
from jaxtyping import Array, Float, Int

TEMPERATURES = (0.1, 0.02, 0.004)
"""Of the entropic prices, as shares of a row's mean excess over its least cost."""
SCALINGS = 20


class Matching(NamedTuple):
    """Pairs so far, and prices under which each of them is a bargain.

    ``cost - row_price - column_price`` is >= 0, and 0 for pairs, up to rounding. An
    index of -1 stands for a row or column that is still free.
    """

    row_price: Float[Array, " n"]
    column_price: Float[Array, " n"]
    column_of: Int[Array, " n"]
    row_of: Int[Array, " n"]


def optimal_assignment(cost: Float[Array, "n n"]) -> Int[Array, " n"]:
    """Assign every row its own column, at the least total cost.

    Exact up to the float32 rounding of costs; costs that are not finite give some
    indices in range. Compiles, maps, and needs at most n phases.

    Args:
        cost: any real numbers.

    Returns:
        The column of every row: a permutation.

    References:
        J. Munkres, "Algorithms for the Assignment and Transportation Problems", SIAM
        1957; M. Cuturi, "Sinkhorn Distances", NeurIPS 2013, arXiv 1306.0895 (the prices
        to start from).

    Example:
        >>> cost = jnp.array([[4.0, 1.0, 3.0], [2.0, 0.0, 5.0], [3.0, 2.0, 2.0]])
        >>> optimal_assignment(cost).tolist()
        [1, 0, 2]
    """
    cost = cost.astype(jnp.float32)
    n = len(cost)
    prices, free = _entropic_prices(cost), jnp.full(n, -1)
    start = Matching((cost - prices[None]).min(axis=1), prices, free, free)

    def unfinished(state):
        matching, phase = state
        return (matching.column_of < 0).any() & (phase < n)

    def grow(state):
        matching, phase = state
        return _phase(matching, cost), phase + 1

    matching, _ = jax.lax.while_loop(unfinished, grow, (start, 0))
    return jnp.maximum(matching.column_of, 0)


def _entropic_prices(cost: Float[Array, "n n"]) -> Float[Array, " n"]:
    """Estimate column prices by Sinkhorn's scalings: any prices give exact pairs."""
    prices = jnp.zeros(len(cost))
    scale = (cost - cost.min(axis=1)[:, None]).mean() + jnp.finfo(cost.dtype).tiny
    for share in TEMPERATURES:
        excess = cost - prices[None]
        excess = excess - excess.min(axis=1)[:, None]
        least = excess.min(axis=0)
        kernel = jnp.exp(-(excess - least[None]) / (share * scale))

        def scaling(_, columns, kernel=kernel):
            return 1 / ((1 / (kernel @ columns)) @ kernel)

        columns = jax.lax.fori_loop(0, SCALINGS, scaling, jnp.ones(len(cost)))
        better = prices + least + share * scale * jnp.log(columns)
        prices = jnp.where(jnp.isfinite(better).all(), better, prices)
    return prices


def _phase(matching: Matching, cost: Float[Array, "n n"]) -> Matching:
    row_price, column_price, column_of, row_of = matching
    slack = cost - row_price[:, None] - column_price[None]
    distance, parent = _shortest_paths(jnp.maximum(slack, 0), column_of)
    row_distance = jnp.where(column_of < 0, 0, distance[column_of])
    path = _disjoint_paths(parent, column_of, row_of)
    n = len(cost)
    return Matching(
        row_price - row_distance,
        column_price + distance,
        column_of.at[jnp.where(path, parent, n)].set(jnp.arange(n), mode="drop"),
        jnp.where(path, parent, row_of),
    )


def _shortest_paths(
    slack: Float[Array, "n n"], column_of: Int[Array, " n"]
) -> tuple[Float[Array, " n"], Int[Array, " n"]]:
    """Return each column's distance from the free rows, and the row before it.

    A path leaves a row for any column at the price of its slack, and a taken column for
    the row that holds it. A parent is replaced for a strict gain only: no cycles.
    """
    n = len(slack)
    columns = jnp.arange(n, dtype=jnp.int32)
    # Of equally near rows every column prefers another, or ties make a single tree.
    turns = (columns[:, None] - columns[None]) % n

    def relax(state):
        distance, parent, _ = state
        from_row = jnp.where(column_of < 0, 0, distance[column_of])
        # As integers: the same order for numbers >= 0, at a third of the time.
        found = (slack + from_row[:, None]).view(jnp.int32)
        least = found.min(axis=0)
        turn = jnp.where(found == least[None], turns, n).min(axis=0)
        gain = least.view(jnp.float32) < distance
        distance = jnp.where(gain, least.view(jnp.float32), distance)
        return distance, jnp.where(gain, (columns + turn) % n, parent), gain.any()

    start = jnp.full(n, jnp.inf), jnp.zeros(n, jnp.int32), True
    return jax.lax.while_loop(lambda state: state[2], relax, start)[:2]


def _disjoint_paths(
    parent: Int[Array, " n"], column_of: Int[Array, " n"], row_of: Int[Array, " n"]
) -> Array:
    """Mark the columns on one path to a free column in every tree that has one."""
    n = len(parent)
    columns = jnp.arange(n)
    above = jnp.where(column_of[parent] < 0, columns, column_of[parent])
    ancestors = [above]  # 1, 2, 4 ... columns up the path
    for _ in range(math.ceil(math.log2(max(n, 2)))):
        ancestors.append(ancestors[-1][ancestors[-1]])
    root = parent[ancestors[-1]]
    end = jnp.full(n, n).at[root].min(jnp.where(row_of < 0, columns, n))
    path = jnp.zeros(n, bool).at[end].set(True, mode="drop")
    for up in ancestors:
        path = path | jnp.zeros(n, bool).at[up].max(path)
    return path
