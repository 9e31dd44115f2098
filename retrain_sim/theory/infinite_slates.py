"""The map at K = inf with its exponentials taken once for all rounds.

    p_{t+1} = p_t sum_i w_i u_i / E_{p_t}[u_i],    u_i = exp(z_i)

needs no exponential after the first round unless the mass leaves a voter's best
outcome so far behind that E[u_i] underflows. With |z| <= 300 on every outcome that can
have mass, u and 1 / E[u] are in [exp(-300), exp(300)] for good: nothing underflows,
nothing overflows, and the result is that of `core.limit_multiplier` to rounding.
"""

from collections.abc import Callable

import jax.numpy as jnp
from jaxtyping import Array, Bool, Float

NARROW = 300.0
UNROLLED = 8

Step = Callable[[Float[Array, " n"]], tuple[Float[Array, " n"], Float[Array, ""]]]


def is_narrow(z: Float[Array, "m n"], support: Bool[Array, " n"]) -> Bool[Array, ""]:
    """Tell whether utilities of the support can be computed once for all rounds."""
    return jnp.abs(jnp.where(support[None], z, 0.0)).max() <= NARROW


def hoisted_step(
    z: Float[Array, "m n"],
    support: Bool[Array, " n"],
    voter_weights: Float[Array, " m"],
    real_probs: Float[Array, " n"],
    real_share: float | Float[Array, ""],
) -> Step:
    """Make the round at K = inf for scaled rewards that are narrow on the support.

    The curated part sums to sum_i w_i = 1 whatever p_t sums to, so that rounding does
    not accumulate and nothing need be renormalized.

    Args:
        z: Scaled rewards [m, n]; their values outside the support do not matter.
        support: True [n] where an atom has mass now, or receives real data later.
        voter_weights: Probability of each voter [m].
        real_probs: Shares of the atoms in the real data [n].
        real_share: Share s of real data, in [0, 1].

    Returns:
        A function of p_t [n] that returns p_{t+1} [n] and |sum_x p_t - 1|.
    """
    # Atoms without mass must not overflow, nor their gradients be nan: z = 0 serves.
    utility = jnp.exp(jnp.where(support[None], jnp.clip(z, -NARROW, NARROW), 0.0))
    # The row of ones sums p_t up: XLA is several times faster at one product of a
    # matrix and a vector than at a product and a sum apart.
    summed = jnp.concatenate([utility, jnp.ones_like(utility[:1])])

    def step(probs: Array) -> tuple[Array, Array]:
        sums = summed @ probs
        curated = probs * _weighted_sum(voter_weights / sums[:-1], utility)
        mixed = real_share * real_probs + (1.0 - real_share) * curated
        return mixed, jnp.abs(sums[-1] - 1.0)

    return step


def _weighted_sum(weights: Array, rows: Array) -> Array:
    """Return weights @ rows, for few rows inside the loop that uses it."""
    if len(rows) > UNROLLED:
        return weights @ rows
    total = weights[0] * rows[0]
    for i in range(1, len(rows)):
        total += weights[i] * rows[i]
    return total
