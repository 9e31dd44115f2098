"""Nash welfare, its certificate and its regret: how far from the bargain a model is.

They hold for any number of voters on any landscape at K = inf only. At finite K welfare
may fall, and its maximum is not the limit.
"""

import numpy as np
from jaxtyping import Float
from numpy.typing import ArrayLike

from retrain_sim.theory.checks import (
    check_count,
    check_like,
    check_probs,
    check_range,
    check_temperature,
    check_voters,
)


def welfare(
    probs: ArrayLike,
    rewards: ArrayLike,
    voter_weights: ArrayLike,
    temperature: int | float = 1.0,
) -> float | Float[np.ndarray, "..."]:
    """Compute the Nash welfare of the shares of the atoms.

        F(p) = sum_i w_i log E_p[exp((r_i - max r_i) / temperature)]

    With infinite slates it never falls from round to round. The maximum is over all
    atoms given, so that rounds can be compared after an outcome has been lost.

    Args:
        probs: Shares of the atoms [..., n], >= 0, sum 1; for example rounds [rows, n].
        rewards: Finite rewards [m, n], one row per voter.
        voter_weights: Probability that each voter judges a slate [m], >= 0, sum 1.
        temperature: Unit of the rewards, > 0 or math.inf.

    Returns:
        A number <= 0, or an array [...] of them.

    Raises:
        ValueError: If an argument is outside these ranges.

    References:
        Derived here, for the curation of Falahati et al., 2026, arXiv:2605.07724.

    Example:
        >>> round(welfare([0.5, 0.5], [[9.0, 0.0], [0.0, 9.0]], [0.5, 0.5]), 4)
        -0.693
    """
    probs = _check_rows(probs)
    z, weights = _check_scaled(rewards, voter_weights, probs.shape[-1], temperature)
    judged = weights > 0
    values = _log_means(probs, z[judged]) @ weights[judged]
    return float(values) if values.ndim == 0 else values


def kkt_gap(
    probs: ArrayLike,
    rewards: ArrayLike,
    voter_weights: ArrayLike,
    temperature: int | float = 1.0,
    initial_probs: ArrayLike | None = None,
) -> float | Float[np.ndarray, "..."]:
    """Bound the welfare that is still missing, without knowing the optimum.

        F* - F(p) <= log max_x W(x),    W(x) = sum_i w_i u_i(x) / E_p[u_i]

    for every p; it is 0 exactly at a Nash bargaining solution. "Converged to the Nash
    point" means that it is below a stated tolerance.

    Args:
        probs: Shares of the atoms [..., n], >= 0, sum 1; for example rounds [rows, n].
        rewards: Finite rewards [m, n], one row per voter.
        voter_weights: Probability that each voter judges a slate [m], >= 0, sum 1.
        temperature: Unit of the rewards, > 0 or math.inf.
        initial_probs: p_0 [n]; atoms that have no mass here do not compete. All atoms
            compete by default.

    Returns:
        A number >= 0, or an array [...] of them.

    Raises:
        ValueError: If an argument is outside these ranges.

    References:
        T. M. Cover, "An Algorithm for Maximizing Expected Log Investment Return", IEEE
        Transactions on Information Theory 1984.

    Example:
        >>> round(kkt_gap([0.5, 0.5], [[9.0, 0.0], [0.0, 9.0]], [0.75, 0.25]), 4)
        0.4054
    """
    probs = _check_rows(probs)
    z, weights = _check_scaled(rewards, voter_weights, probs.shape[-1], temperature)
    if initial_probs is None:
        competes = np.ones(probs.shape[-1], dtype=bool)
    else:
        competes = check_like("initial_probs", initial_probs, probs) > 0
    judged = weights > 0
    log_prices = np.log(weights[judged]) - _log_means(probs, z[judged])
    z = z[np.ix_(judged, competes)]
    # One voter at a time: the sum over voters must not hold [..., m, n].
    growth = np.full((*probs.shape[:-1], z.shape[1]), -np.inf)
    for i, row in enumerate(z):
        growth = np.logaddexp(growth, log_prices[..., i, None] + row)
    gap = np.maximum(growth.max(axis=-1), 0.0)
    return float(gap) if gap.ndim == 0 else gap


def welfare_regret_bound(
    probs: ArrayLike, optimum: ArrayLike, n_rounds: int
) -> Float[np.ndarray, " rows"]:
    """Bound the welfare missing after t rounds with infinite slates, from the start.

        F* - F(p_t) <= KL(p* || p_0) / t

    for every maximizer p*.

    Args:
        probs: p_0 [n], >= 0, sum 1.
        optimum: p* [n], for example of `nash_bargaining`; 0 wherever p_0 is.
        n_rounds: T >= 0.

    Returns:
        Rounds 0..T [n_rounds + 1], the first inf: nothing is known before a round.

    Raises:
        ValueError: If an argument is outside these ranges.

    References:
        Derived here: KL(p* || p_t) falls by F* - F(p_t) or more each round (I. Csiszar,
        G. Tusnady, "Information Geometry and Alternating Minimization Procedures",
        Statistics and Decisions 1984).

    Example:
        >>> welfare_regret_bound([0.5, 0.5], [1.0, 0.0], 2).round(4)
        array([   inf, 0.6931, 0.3466])
    """
    start = check_probs("probs", probs)
    best = check_like("optimum", optimum, start)
    inside = best > 0
    if not start[inside].all():
        raise ValueError("optimum has mass where probs has none, allowed inside only")
    divergence = max(float(best[inside] @ np.log(best[inside] / start[inside])), 0.0)
    rounds = np.arange(1.0, check_count("n_rounds", n_rounds, minimum=0) + 1.0)
    return np.concatenate([[np.inf], divergence / rounds])


def _check_rows(probs):
    array = check_range("probs", probs, 0.0)
    if array.ndim == 0 or array.size == 0:
        raise ValueError(f"probs has shape {array.shape}, allowed [..., n], n >= 1")
    totals = array.sum(axis=-1, keepdims=True)
    wrong = totals[~(np.abs(totals - 1.0) <= 1e-6)]
    if wrong.size:
        raise ValueError(f"probs sums to {wrong[0]}, allowed 1 within 1e-6")
    return array / totals


def _check_scaled(rewards, voter_weights, n, temperature):
    """Return z = (r - max r) / temperature [m, n] and the weights [m]."""
    rewards, weights = check_voters(rewards, voter_weights, n)
    temperature = check_temperature(temperature)
    with np.errstate(over="ignore"):
        z = (rewards - rewards.max(axis=1, keepdims=True)) / temperature
    check_range("rewards / temperature, minus its maximum,", z, -np.inf)
    return z, weights


def _log_means(probs, z):
    """Return log E_p[exp(z_i)] [..., m], exact however far mass is from the best."""
    means = []
    for row in z:
        best = np.where(probs > 0, row, -np.inf).max(axis=-1, keepdims=True)
        scaled = np.exp(np.minimum(row - best, 0.0))
        means.append(np.log((probs * scaled).sum(axis=-1)) + best[..., 0])
    return np.stack(means, axis=-1)
