"""What sampling drift does in the long run: who fixes, when, and the spread until then.

Solved on the exact chain of `count_chain`, or to first order about a fixed point.
"""

import math
from typing import NamedTuple

import numpy as np
from jaxtyping import Float, Int

from retrain_sim.theory.checks import check_count, check_number
from retrain_sim.theory.count_chains import CountChain

MAX_ROUNDS = 1e12  # beyond, 1 - (probability to stay) is rounding
SHIFT = 1e-12  # above the greatest eigenvalue, for inverse iteration


class Fixation(NamedTuple):
    """How a chain is absorbed.

    Attributes:
        absorbing: Indices of the states that are never left [a].
        probs: Probability [states, a] to end in each of them.
        rounds: Mean rounds until then [states].
    """

    absorbing: Int[np.ndarray, " a"]
    probs: Float[np.ndarray, "states a"]
    rounds: Float[np.ndarray, " states"]


def fixation(chain: CountChain) -> Fixation:
    """Solve for where a chain is absorbed and when.

    Args:
        chain: Of `count_chain`.

    Returns:
        Probabilities and mean rounds from every state.

    Raises:
        ValueError: If no state is absorbing: nothing fixes.
        FloatingPointError: If absorption takes more than 1e12 rounds, which float64
            cannot tell from forever.

    References:
        J. G. Kemeny, J. L. Snell, "Finite Markov Chains", Springer 1976.

    Example:
        >>> from retrain_sim.theory import count_chain
        >>> end = fixation(count_chain(lambda a: a, n_kept=4))
        >>> end.probs[:, 1].round(4)
        array([0.  , 0.25, 0.5 , 0.75, 1.  ])
    """
    absorbing, others = _split(chain.transition)
    if not absorbing.size:
        raise ValueError("chain has no absorbing state, allowed one or more")
    n = len(chain.transition)
    stay = np.eye(others.size) - chain.transition[np.ix_(others, others)]
    target = chain.transition[np.ix_(others, absorbing)]
    solved = np.linalg.solve(stay, np.column_stack([target, np.ones(others.size)]))
    if not (np.abs(solved) < MAX_ROUNDS).all():
        raise FloatingPointError(f"absorption takes more than {MAX_ROUNDS} rounds")
    probs, rounds = np.zeros((n, absorbing.size)), np.zeros(n)
    probs[absorbing] = np.eye(absorbing.size)
    probs[others], rounds[others] = solved[:, :-1], solved[:, -1]
    return Fixation(absorbing, probs, rounds)


def stationary_law(chain: CountChain) -> tuple[Float[np.ndarray, " states"], float]:
    """Solve for the law that the counts settle in, unless and until a type fixes.

    The left eigenvector of the greatest eigenvalue among the states that are not
    absorbing: the stationary law when there are none, else the quasi-stationary law,
    which is that of long runs in which nothing has fixed yet.

    Args:
        chain: Of `count_chain`.

    Returns:
        The law [states], and the probability per round that nothing fixes; 1 - that is
        the rate of loss.

    Raises:
        ValueError: If every state is absorbing.

    References:
        J. N. Darroch, E. Seneta, "On Quasi-Stationary Distributions in Absorbing
        Discrete-Time Finite Markov Chains", Journal of Applied Probability 1965.

    Example:
        >>> from retrain_sim.theory import count_chain
        >>> law, stays = stationary_law(count_chain(lambda a: 0.5 + 0.0 * a, 2))
        >>> law.round(4), round(stays, 4)
        (array([0.25, 0.5 , 0.25]), 1.0)
    """
    _, others = _split(chain.transition)
    if not others.size:
        raise ValueError("chain has only absorbing states, allowed others besides")
    block = chain.transition[np.ix_(others, others)]
    inverse = np.linalg.inv((1.0 + SHIFT) * np.eye(others.size) - block)
    inside = np.full(others.size, 1.0 / others.size)
    for _ in range(200):
        following = np.maximum(inside @ inverse, 0.0)
        following /= following.sum()
        change, inside = np.abs(following - inside).max(), following
        if change < 1e-15:
            break
    law = np.zeros(len(chain.transition))
    law[others] = inside
    return law, float((inside @ block).sum())


def linear_noise_variance(
    share: int | float,
    slope: int | float,
    n_kept: int,
    n_pool: int | float = math.inf,
) -> float:
    """Predict the variance of a share about a fixed point of the round.

        a (1 - a) (1/n_kept + b^2 / n_pool) / (1 - b^2)

    First order in the noise: it needs n_kept (1 - b^2) >> 1 and no end point near. With
    K = inf and hard separation b = 0: binomial afresh each round.

    Args:
        share: a, the fixed point, in [0, 1].
        slope: b, the derivative of the round there, in (-1, 1).
        n_kept: Samples kept per round, >= 1.
        n_pool: Candidates that all slates of a round share (K = inf), or inf.

    Returns:
        The variance.

    Raises:
        ValueError: If an argument is outside these ranges.

    References:
        Derived here, by the linear noise approximation (N. G. van Kampen, "Stochastic
        Processes in Physics and Chemistry", North-Holland 2007).

    Example:
        >>> round(linear_noise_variance(0.5, slope=0.0, n_kept=25), 12)
        0.01
    """
    a = check_number("share", share, 0.0, 1.0)
    b = check_number("slope", slope, np.nextafter(-1.0, 0.0), np.nextafter(1.0, 0.0))
    n_kept = check_count("n_kept", n_kept, minimum=1)
    if n_pool != math.inf:
        n_pool = check_count("n_pool", n_pool, minimum=1)
    return a * (1.0 - a) * (1.0 / n_kept + b * b / n_pool) / (1.0 - b * b)


def _split(transition):
    """Return the indices of the absorbing states and of the others."""
    stays = np.diagonal(transition) == 1.0
    return np.flatnonzero(stays), np.flatnonzero(~stays)
