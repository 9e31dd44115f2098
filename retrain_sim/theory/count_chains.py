"""Sampling drift of a few types, exactly: the Markov chain on kept counts.

Each round keeps n_kept samples of the curated shares f(a). The counts of the types are
then a Markov chain (Wright-Fisher with selection f), small enough for a few types.
"""

import math
from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from jaxtyping import Float, Int
from scipy.special import gammaln, xlogy

from retrain_sim.theory.checks import check_count, check_range

MAX_STATES = 6000


class CountChain(NamedTuple):
    """The Markov chain on counts of g types.

    Attributes:
        states: Counts [states, g], each row of sum n_kept, lexicographic: for two types
            row j has j of the first.
        transition: Probability [states, states] of the column after the row.
    """

    states: Int[np.ndarray, "states g"]
    transition: Float[np.ndarray, "states states"]


def count_chain(
    round_map: Callable[[np.ndarray], np.ndarray],
    n_kept: int,
    n_types: int = 2,
    n_pool: int | float = math.inf,
) -> CountChain:
    """Build the exact chain on the counts of a few types.

    The kept counts are multinomial(n_kept, f(share)), the share being that of the last
    counts, or with a pool that of n_pool candidates drawn from it.

    Args:
        round_map: f, from shares [states, n_types - 1] of all types but the last to
            their chances to be kept, of the same shape; `two_plateau_round` is one.
        n_kept: Samples kept per round, >= 1.
        n_types: g >= 2. There are (n_kept + g - 1 choose g - 1) states, at most 6000.
        n_pool: Candidates that all slates of a round share. Exact at K = 1 and K = inf;
            inf means independent slates, exact at any K.

    Returns:
        The chain.

    Raises:
        ValueError: If an argument, or a value of f, is outside these ranges.

    References:
        S. Wright, "Evolution in Mendelian Populations", Genetics 1931. W. J. Ewens,
        "Mathematical Population Genetics", Springer 2004.

    Example:
        >>> chain = count_chain(lambda a: a, n_kept=2)
        >>> chain.transition
        array([[1.  , 0.  , 0.  ],
               [0.25, 0.5 , 0.25],
               [0.  , 0.  , 1.  ]])
    """
    n_kept = check_count("n_kept", n_kept, minimum=1)
    n_types = check_count("n_types", n_types, minimum=2)
    states = _compositions("n_kept", n_kept, n_types)
    if n_pool == math.inf:
        kept = _map(round_map, states / n_kept)
        return CountChain(states, _multinomial(states, kept))
    n_pool = check_count("n_pool", n_pool, minimum=1)
    pools = _compositions("n_pool", n_pool, n_types)
    kept = _multinomial(states, _map(round_map, pools / n_pool))
    return CountChain(states, _multinomial(pools, states / n_kept) @ kept)


def _compositions(name, total, n_types):
    """Return all counts [states, n_types] of sum total, in lexicographic order."""
    n_states = math.comb(total + n_types - 1, n_types - 1)
    if n_states > MAX_STATES:
        raise ValueError(
            f"{name} is {total} with {n_types} types: {n_states} states, allowed"
            f" <= {MAX_STATES}"
        )
    counts = np.zeros((1, 0), dtype=int)
    for _ in range(n_types - 1):
        room = total - counts.sum(axis=1)
        rows = np.repeat(counts, room + 1, axis=0)
        column = np.concatenate([np.arange(free + 1) for free in room])
        counts = np.column_stack([rows, column])
    return np.column_stack([counts, total - counts.sum(axis=1)])


def _map(round_map, shares):
    """Apply the map to all shares but the last, and complete what it returns."""
    kept = check_range("round_map", round_map(shares[:, :-1]), -1e-9, 1.0 + 1e-9)
    if kept.shape != shares[:, :-1].shape:
        raise ValueError(
            f"round_map gives shape {kept.shape}, allowed {shares[:, :-1].shape}"
        )
    kept = np.clip(np.column_stack([kept, 1.0 - kept.sum(axis=1)]), 0.0, 1.0)
    return kept / kept.sum(axis=1, keepdims=True)


def _multinomial(counts, probs):
    """Return the probability [rows of probs, rows of counts]."""
    log = gammaln(counts[0].sum() + 1.0) - gammaln(counts + 1.0).sum(axis=1)
    log = np.tile(log, (len(probs), 1))
    for count, prob in zip(counts.T, probs.T, strict=True):
        log += xlogy(count, prob[:, None])
    chances = np.exp(log)
    return chances / chances.sum(axis=1, keepdims=True)
