"""Two quadratic rewards on a line: where rounds end, and what can invade a consensus.

At every slate size the only consensus that its neighbors cannot invade is at the
weighted mean of the optima (derived here: to first order all slate sizes select alike).
"""

from __future__ import annotations

import math
from functools import partial
from typing import NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Float

from experiments.common import quadratic_rewards
from retrain_sim.theory import core, nash_bargaining, quadratic_limit

CELLS = 41
CELLS_EXACT = 801
CELLS_INVADERS = 4001


class Ends(NamedTuple):
    """Where rounds end, by slate size, distance and weight.

    Attributes:
        spread: 2 sd / distance: 0 for one outcome, 1 for both optima in equal shares.
        camp: share of the half of the line that holds the optimum of voter 1.
    """

    spread: Float[np.ndarray, "slates distances weights"]
    camp: Float[np.ndarray, "slates distances weights"]


def settle(distances, weights, slate_sizes, rounds) -> Ends:
    """Compute where many rounds lead from a uniform start between the optima.

    K = inf, the last slate size, is solved for; the others are iterated, and averaged
    over the last quarter of the rounds, as K = 2 does not settle.
    """
    finite = np.array(slate_sizes[:-1], dtype=float)
    unit = np.linspace(-0.5, 0.5, CELLS)
    farthest = quadratic_rewards(unit * distances[-1], distances[-1])
    nodes = core.quadrature_nodes(farthest, finite.max())
    slabs = []
    with jax.enable_x64(True):
        for d in distances:
            z = quadratic_rewards(unit * d, d)
            slabs.append(np.asarray(_iterate(z, weights, finite, nodes, rounds)))
    solved = np.array([[_solved(d, q) for q in weights] for d in distances])
    iterated = np.stack(slabs, axis=1)
    return Ends(*np.moveaxis(np.concatenate([iterated, solved[None]]), -1, 0))


@partial(jax.jit, static_argnames="rounds")
def _iterate(z, weights, slate_sizes, nodes, rounds):
    unit = jnp.linspace(-1.0, 1.0, z.shape[1])
    start = jnp.full(z.shape[1], 1.0 / z.shape[1])

    def one(slate_size, q):
        def step(p, _):
            p, _ = core.round_map(p, z, jnp.stack([q, 1 - q]), slate_size, nodes)
            sd = jnp.sqrt(p @ (unit - p @ unit) ** 2)
            return p, jnp.stack([sd, p @ (unit < 0)])

        _, seen = jax.lax.scan(step, start, length=rounds)
        return seen[-rounds // 4 :].mean(axis=0)

    return jax.vmap(lambda k: jax.vmap(lambda q: one(k, q))(weights))(slate_sizes)


def _solved(distance, q):
    x = np.linspace(-distance / 2, distance / 2, CELLS_EXACT)
    nash = nash_bargaining(quadratic_rewards(x, distance), [q, 1 - q])
    return _spread(x, nash.probs, distance), nash.probs @ (x < 0)


def exact_spread(distance, q):
    """Compute 2 sd / distance of the limit at K = inf, in closed form."""
    end = quadratic_limit(distance, q)
    return _spread(end.positions, end.probs, distance)


def _spread(x, probs, distance):
    return 2 * math.sqrt(probs @ (x - probs @ x) ** 2) / distance


def invasion_of_consensus(distance, q, slate_size, reach=math.inf):
    """Compute the greatest growth minus one of a rare outcome among a consensus.

    Only outcomes within ``reach`` of the consensus are considered.

    An outcome better than the consensus by d_i to voter i grows, when rare, by
    sum_i w_i K / (1 + (K - 1) exp(-d_i)); at K = inf by sum_i w_i exp(d_i).
    """
    consensus = np.array([distance * (0.5 - q)])
    low, high = np.clip(
        consensus[0] + reach * np.array([-1, 1]), -distance / 2, distance / 2
    )
    x = np.linspace(low, high, CELLS_INVADERS)
    better = quadratic_rewards(x, distance) - quadratic_rewards(consensus, distance)
    share = 0.0 if slate_size == math.inf else 1 / slate_size
    growth = np.array([q, 1 - q]) @ (1 / (share + (1 - share) * np.exp(-better)))
    excess = float(growth.max()) - 1
    return excess if excess > 1e-12 else 0.0


def onset(slate_size):
    """Find the least distance at which two equal voters can leave a consensus."""
    low, high = 1.0, 3.0
    while high - low > 1e-4:
        middle = (low + high) / 2
        invaded = invasion_of_consensus(middle, 0.5, slate_size) > 0
        low, high = (low, middle) if invaded else (middle, high)
    return high


def onset_of_neighbors(slate_size):
    """Return the distance at which near outcomes invade a consensus, equal voters.

    Near a consensus an outcome at x grows by 1 - c x^2; with q = 1/2 c changes sign at
    D = sqrt(2 K / (K - 2)): sqrt(2) at K = inf, never at K = 2 (derived here).
    """
    return math.sqrt(2.0 / (1.0 - 2.0 / slate_size))


def width_of_consensus(distance, q, slate_size, rounds, least):
    """Predict 2 sd / distance of a consensus that has had some rounds to narrow.

    Growth near it is 1 - c x^2 with c = (1 - 1/K) (1 - 2 q (1 - q) (1 - 2/K) D^2), so
    the variance is 1 / (2 c rounds); inf where 0 <= c < least: not settled. A neighbor
    invades where c < 0; the width is then that at c = least.
    """
    bend = 2 * q * (1 - q) * (1 - 2 / slate_size) * distance**2
    c = (1 - 1 / slate_size) * (1 - bend)
    if 0 <= c < least:
        return math.inf
    settled = 0.75 * rounds  # the first of the rounds that are averaged
    return 2 / distance / math.sqrt(2 * max(c, least) * settled)
