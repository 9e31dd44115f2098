"""The limit of infinite slates on any landscape: a weighted Nash bargaining solution.

With K = inf one round multiplies p by W(x) = sum_i w_i u_i(x) / E_p[u_i], which is EM,
or Cover's algorithm, for a concave problem. Here it is solved directly, by growing a
small set of outcomes: each outer step solves the problem restricted to the set exactly,
looks once at all outcomes, and adds those that would still grow.
"""

import math
from typing import NamedTuple

import numpy as np
from jaxtyping import Float, Int
from numpy.typing import ArrayLike

from retrain_sim.theory.checks import (
    check_number,
    check_probs,
    check_temperature,
    check_voters,
)
from retrain_sim.theory.nash_solver import best_per_block, solve_restricted

MAX_ITERATIONS = 200
BLOCKS = 16  # outcomes added per step, spread over the atoms


class NashSolution(NamedTuple):
    """A weighted Nash bargaining solution and its certificate.

    Attributes:
        probs: A maximizer p* [n]. Outcomes of equal rewards share their mass in the
            initial proportions, as rounds of curation leave them.
        support: Indices of the atoms with mass, ascending: at most m without ties.
        mean_utilities: E[exp((r_i - max r_i) / temperature)] [m], in [0, 1]. Unique,
            unlike probs, for every voter with weight.
        welfare: F* = sum_i w_i log mean_utilities_i <= 0.
        gap: log max_x W(x), at least the welfare that is still missing.
        converged: Whether gap <= tolerance.
        iterations: Passes over all atoms.
    """

    probs: Float[np.ndarray, " n"]
    support: Int[np.ndarray, " k"]
    mean_utilities: Float[np.ndarray, " m"]
    welfare: float
    gap: float
    converged: bool
    iterations: int


def nash_bargaining(
    rewards: ArrayLike,
    voter_weights: ArrayLike,
    probs: ArrayLike | None = None,
    temperature: int | float = 1.0,
    tolerance: int | float = 1e-9,
) -> NashSolution:
    """Solve for the distribution that curation with infinite slates tends to.

        maximize  F(p) = sum_i w_i log E_p[exp(r_i / temperature)]

    over distributions on the support of p_0: the weighted Nash bargaining solution with
    disagreement point 0. At K = inf rounds of curation raise F to this maximum, from
    any p_0 with the same support; at finite K they need not. When all outcomes are
    equally good nobody can gain, and the answer is p_0 itself.

    Args:
        rewards: Finite rewards [m, n], one row per voter.
        voter_weights: Probability that each voter judges a slate [m], >= 0, sum 1.
        probs: p_0 [n], >= 0, sum 1; an atom without mass is never in the support.
            Uniform by default.
        temperature: Unit of the rewards, > 0; math.inf makes all outcomes equal.
        tolerance: Greatest certified loss of welfare, >= 0; 1e-10 can be reached.

    Returns:
        The solution; check `converged`. Rewards are shifted to a maximum of 0 over the
        support, which changes F by a constant.

    Raises:
        ValueError: If an argument is outside these ranges.

    References:
        T. M. Cover, "An Algorithm for Maximizing Expected Log Investment Return", IEEE
        Transactions on Information Theory 1984. B. G. Lindsay, "The Geometry of Mixture
        Likelihoods", Annals of Statistics 1983 (m atoms). Derived here: that the round
        of Falahati et al., ICML 2026, arXiv:2605.07724, is this algorithm.

    Example:
        >>> rewards = [[2.0, 0.0, 1.5], [0.0, 2.0, 1.5]]
        >>> nash = nash_bargaining(rewards, [0.5, 0.5])
        >>> nash.support, nash.mean_utilities.round(4)
        (array([2]), array([0.6065, 0.6065]))
    """
    tolerance = check_number("tolerance", tolerance, 0.0)
    n = np.shape(rewards)[-1] if np.ndim(rewards) else 0
    start = check_probs("probs", np.ones(n) / max(n, 1) if probs is None else probs)
    rewards, weights = check_voters(rewards, voter_weights, start.size)
    inside = np.flatnonzero(start)
    rewards = rewards if inside.size == start.size else rewards[:, inside]
    temperature = check_temperature(temperature)
    utilities = _utilities(rewards, temperature)
    chosen, shares, gap, passes = _grow(utilities, weights, tolerance)
    judging = [rewards[i] for i in np.flatnonzero(weights)]
    shared = _share_ties(judging, temperature, start[inside], chosen, shares)
    full = np.zeros_like(start)
    full[inside] = shared
    mean = utilities[:, chosen] @ shares
    total = float(weights @ np.log(np.where(weights > 0, mean, 1.0)))
    support = np.flatnonzero(full)
    return NashSolution(full, support, mean, total, gap, gap <= tolerance, passes)


def _utilities(rewards, temperature):
    """Return exp((r - max r) / temperature) in one new array: [m, n] may be large."""
    with np.errstate(over="ignore"):  # to -inf, whose utility is 0
        utilities = rewards - rewards.max(axis=1, keepdims=True)
        utilities /= temperature
    return np.exp(utilities, out=utilities)


def _grow(utilities, weights, tolerance):
    """Return the chosen atoms, their shares, the gap and the number of passes."""
    voters = np.flatnonzero(weights)
    chosen = np.unique([utilities[i].argmax() for i in voters])
    gap, passes, new = math.inf, 0, chosen
    prices = np.zeros(weights.size)
    while gap > tolerance and new.size and passes < MAX_ITERATIONS:
        few = utilities[np.ix_(voters, chosen)]
        shares = solve_restricted(few, weights[voters])
        chosen, shares, few = chosen[shares > 0], shares[shares > 0], few[:, shares > 0]
        prices[voters] = weights[voters] / (few @ shares)
        growth = prices @ utilities
        gap, passes = max(float(np.log(growth.max())), 0.0), passes + 1
        best = best_per_block(growth, BLOCKS)
        new = np.setdiff1d(best[growth[best] > 1.0], chosen)
        chosen = np.concatenate([chosen, new])
    return chosen[: shares.size], shares, gap, passes


def _share_ties(rewards, temperature, start, chosen, shares):
    """Spread each chosen share over the atoms of equal rewards, as p_0 does."""
    # Not of equal utilities: very bad outcomes differ although exp gives 0 for both.
    all_equal = temperature == math.inf
    probs = np.zeros_like(start)
    for atom, share in zip(chosen, shares, strict=True):
        same = np.arange(start.size)
        for row in rewards:
            same = same[all_equal | (row[same] == row[atom])]
        probs[same] += share * start[same] / start[same].sum()
    return probs
