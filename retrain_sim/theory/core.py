"""Traceable population maps: one curated round on atoms, exactly, at any slate size.

Read `retrain_sim.theory.atoms` first: it wraps these functions for the host, checks its
inputs and asserts the mass. Use this module to map, differentiate or compile the maps
yourself, inside `jax.enable_x64(True)`:

    z = scaled_rewards(rewards, temperature, probs > 0)
    nodes = quadrature_nodes(np.asarray(z), slate_size)
    path, mass_error = trajectory(probs, z, voter_weights, slate_size, nodes, n_rounds)

Everything but `quadrature_nodes` traces, so it maps over `probs`, `voter_weights`,
`temperature` and `real_share`; the exponentials do not depend on `probs` and are shared
by a whole batch of them. `nodes` must come from all z in use, with the largest slate
size, and the caller must check that `mass_error` is below 1e-9.

The integral (derived here). With 1/a = integral_0^inf exp(-s a) ds and s = exp(v), the
growth of outcome x under a voter of utility u = exp(z) is

    H(x) = K integral exp(v + z(x) - exp(v + z(x))) L(v)^(K-1) dv,
    L(v) = E_p[exp(-exp(v + z))].

The trapezoid rule converges like exp(-pi^2/h) on it: step h = 1/4 is exact in float64.
"""

import math
from collections.abc import Callable

import jax
import jax.numpy as jnp
import numpy as np
from jax import lax
from jaxtyping import Array, Bool, Float, Real

from retrain_sim.theory.infinite_slates import Step, hoisted_step, is_narrow

STEP = 0.25
TAIL = 40.0  # exp(-40) is below the rounding of a float64 sum
PAD = 64
MAX_LEVELS = 2**15

Scalar = int | float | Real[Array, ""]
Nodes = Float[Array, " q"] | Float[np.ndarray, " q"]


def scaled_rewards(
    rewards: Float[Array, "m n"], temperature: Scalar, support: Bool[Array, " n"]
) -> Float[Array, "m n"]:
    """Divide rewards by the temperature, each voter's best supported outcome at 0.

    z_i(x) = (r_i(x) - max over the support of r_i) / temperature. A constant added to a
    reward cancels in the curated round, so the shift is only for safe exponentials.

    Args:
        rewards: Finite rewards [m, n]; -inf is not allowed.
        temperature: > 0; inf gives z = 0, that is no curation, exactly.
        support: True [n] where an atom has mass now, or receives real data later.

    Returns:
        z [m, n], <= 0 on the support. Outside it z may be positive, and is clipped 800
        beyond the range on the support, where a multiplier has reached its limit.
    """
    inside = support[None, :]
    best = jnp.where(inside, rewards, -jnp.inf).max(axis=1, keepdims=True)
    worst = jnp.where(inside, rewards, jnp.inf).min(axis=1, keepdims=True)
    best, worst = lax.stop_gradient(best), lax.stop_gradient(worst)
    margin = 800.0 * temperature
    clipped = jnp.clip(rewards, worst - margin, best + margin)
    return (jnp.where(inside, rewards, clipped) - best) / temperature


def quadrature_nodes(
    z: Float[np.ndarray, "..."], slate_size: int | float
) -> Float[np.ndarray, " q"] | None:
    """Choose the nodes v of the trapezoid rule, on the host.

    An outcome contributes for v in [-z - 40 - log K, -z + 5] only, so the grid is the
    union of these windows: 200 nodes at small spreads, and no cost for empty gaps
    between plateaus. Nodes are multiples of the step, which makes v + z free of
    rounding where it counts.

    Args:
        z: Scaled rewards of every scenario that shall share the nodes.
        slate_size: K >= 1, the largest in use.

    Returns:
        Nodes [q], q a multiple of 64 (nearby spreads compile once); None for K = inf.

    Raises:
        ValueError: If the rewards cover more than 32768 temperatures densely.
    """
    if math.isinf(slate_size):
        return None
    reach = TAIL + math.log(slate_size)
    levels = np.unique(np.floor(-np.minimum(z, reach)))
    if levels.size > MAX_LEVELS:
        raise ValueError(
            f"rewards / temperature cover {levels.size} units, allowed <= {MAX_LEVELS}:"
            " raise the temperature or use slate_size=math.inf"
        )
    ticks = np.arange(-math.ceil(reach / STEP), round(6.0 / STEP) + 1)
    ticks = np.unique(levels[:, None] / STEP + ticks)
    extra = ticks[-1] + np.arange(1, -ticks.size % PAD + 1)
    return STEP * np.concatenate([ticks, extra])


def finite_multiplier(
    probs: Float[Array, " n"],
    z: Float[Array, "m n"],
    voter_weights: Float[Array, " m"],
    slate_size: Scalar,
    nodes: Nodes,
) -> Float[Array, " n"]:
    """Integrate sum_i w_i H_i(x) [n] at a finite slate size K (may be traced).

    Atoms without mass get the exact value too: their growth when rare.
    """
    if jnp.result_type(probs, z) != jnp.float64:
        raise TypeError("the quadrature needs float64: use jax.enable_x64(True)")
    # An outcome better than the support by more than this is always kept: H = K.
    z = jnp.minimum(z, TAIL + jnp.log(slate_size))

    @jax.checkpoint  # reverse mode recomputes: it must not hold [q, m, n] either
    def at_node(node: Float[Array, ""]) -> Float[Array, " n"]:
        # exp(-exp(8)) is 0 in float64; beyond it exp overflows and gradients are nan.
        rate = jnp.exp(jnp.minimum(node + z, 8.0))
        power = jnp.exp((slate_size - 1.0) * _log_laplace(probs, rate))
        return (voter_weights * power) @ (rate * jnp.exp(-rate))

    total, _ = lax.scan(
        lambda total, node: (total + at_node(node), None), jnp.zeros_like(probs), nodes
    )
    return slate_size * STEP * total


def _log_laplace(
    probs: Float[Array, " n"], rate: Float[Array, "m n"]
) -> Float[Array, " m"]:
    """Return log E_p[exp(-rate)], relatively accurate near 0 and far below."""
    deficit = jnp.expm1(-rate) @ probs
    direct = jnp.exp(-rate) @ probs
    # Both branches are clipped into their domain so that no gradient is nan.
    near_one = jnp.log1p(jnp.maximum(deficit, -0.5))
    return jnp.where(deficit > -0.5, near_one, jnp.log(jnp.maximum(direct, 1e-300)))


def limit_multiplier(
    probs: Float[Array, " n"], z: Float[Array, "m n"], voter_weights: Float[Array, " m"]
) -> Float[Array, " n"]:
    """Return W(x) = sum_i w_i u_i(x) / E_p[u_i] [n], the limit K = inf.

    Falahati et al. (2026), arXiv:2605.07724, Equation 5. The shift follows the current
    mass, which may have left a voter's best outcome; utilities of atoms without mass
    are capped at exp(700) times the best one with mass.
    """
    best = jnp.where(probs[None, :] > 0, z, -jnp.inf).max(axis=1, keepdims=True)
    utility = jnp.exp(jnp.minimum(z - lax.stop_gradient(best), 700.0))
    return (voter_weights / (utility @ probs)) @ utility


def multiplier(
    probs: Float[Array, " n"],
    z: Float[Array, "m n"],
    voter_weights: Float[Array, " m"],
    slate_size: Scalar,
    nodes: Nodes | None,
) -> Float[Array, " n"]:
    """Return the growth p_{t+1}(x) / p_t(x) [n]; `nodes=None` means K = inf."""
    if nodes is None:
        return limit_multiplier(probs, z, voter_weights)
    return finite_multiplier(probs, z, voter_weights, slate_size, nodes)


def round_map(
    probs: Float[Array, " n"],
    z: Float[Array, "m n"],
    voter_weights: Float[Array, " m"],
    slate_size: Scalar,
    nodes: Nodes | None,
    *,
    real_probs: Float[Array, " n"] | None = None,
    real_share: Scalar = 0.0,
) -> tuple[Float[Array, " n"], Float[Array, ""]]:
    """Map p_t to p_{t+1} = s p_real + (1 - s) p_t sum_i w_i H_i.

    Returns:
        p_{t+1} [n], and |sum_x p_t sum_i w_i H_i - 1| before the curated part is
        renormalized, which keeps rounding from accumulating over rounds.
    """
    growth = multiplier(probs, z, voter_weights, slate_size, nodes)
    curated = probs * jnp.where(probs > 0, growth, 0.0)
    mass = curated.sum()
    real = probs if real_probs is None else real_probs
    mixed = real_share * real + (1.0 - real_share) * (curated / mass)
    return mixed, jnp.abs(mass - 1.0)


def trajectory(
    probs: Float[Array, " n"],
    z: Float[Array, "m n"],
    voter_weights: Float[Array, " m"],
    slate_size: Scalar,
    nodes: Nodes | None,
    n_rounds: int,
    *,
    real_probs: Float[Array, " n"] | None = None,
    real_share: Scalar = 0.0,
) -> tuple[Float[Array, "rows n"], Float[Array, " t"]]:
    """Iterate the round map from p_0, which must sum to 1.

    Returns:
        p_0 ... p_T [n_rounds + 1, n], and the mass error of every round [n_rounds] (at
        K = inf, where a round keeps the mass by construction, that of its start).
    """

    def run(step: Step) -> tuple[Array, Array]:
        def record(current, _):
            following, error = step(current)
            return following, (following, error)

        return lax.scan(record, probs, length=n_rounds)[1]

    real = probs if real_probs is None else real_probs
    rest = z, voter_weights, slate_size, nodes, real, real_share
    path, errors = _with_best_step(run, probs, *rest)
    return jnp.concatenate([probs[None], path]), errors


def final_probs(
    probs: Float[Array, " n"],
    z: Float[Array, "m n"],
    voter_weights: Float[Array, " m"],
    slate_size: Scalar,
    nodes: Nodes | None,
    n_rounds: int,
    *,
    real_probs: Float[Array, " n"] | None = None,
    real_share: Scalar = 0.0,
) -> tuple[Float[Array, " n"], Float[Array, ""]]:
    """Iterate the round map, and keep the last round only: for wide sweeps.

    On a CPU sweep it with `jax.lax.map` rather than `jax.vmap`: one setting at a time
    stays in the cache, and the map at K = inf takes its exponentials once.

    Returns:
        p_T [n], and the greatest mass error of all rounds.
    """

    def run(step: Step) -> tuple[Array, Array]:
        def body(_, carry):
            following, error = step(carry[0])
            return following, jnp.maximum(carry[1], error)

        return lax.fori_loop(0, n_rounds, body, (probs, jnp.zeros_like(probs[0])))

    real = probs if real_probs is None else real_probs
    rest = z, voter_weights, slate_size, nodes, real, real_share
    return _with_best_step(run, probs, *rest)


def _with_best_step(
    run: Callable[[Step], tuple[Array, Array]],
    probs: Array,
    z: Array,
    voter_weights: Array,
    slate_size: Scalar,
    nodes: Nodes | None,
    real: Array,
    share: Scalar,
) -> tuple[Array, Array]:
    """Run rounds with exponentials taken once where that is exact (K = inf)."""

    def general(current: Array) -> tuple[Array, Array]:
        mixing = {"real_probs": real, "real_share": share}
        return round_map(current, z, voter_weights, slate_size, nodes, **mixing)

    if nodes is not None:
        return run(general)
    support = (probs > 0) | (real > 0)
    hoisted = hoisted_step(z, support, voter_weights, real, share)
    narrow = is_narrow(z, support)
    return lax.cond(narrow, lambda: run(hoisted), lambda: run(general))
