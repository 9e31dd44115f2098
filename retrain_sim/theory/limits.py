"""The fixed point or cycle that rounds of curation reach, at the slate size at hand."""

import math
from collections.abc import Callable
from typing import Any, Literal, NamedTuple

import numpy as np
from jaxtyping import Float
from numpy.typing import ArrayLike

from retrain_sim.theory.atoms import (
    curation_multiplier,
    population_round,
    population_trajectory,
)
from retrain_sim.theory.checks import (
    check_count,
    check_number,
    check_probs,
    check_slate_size,
)
from retrain_sim.theory.nash import nash_bargaining
from retrain_sim.theory.recurrence import settled_period

CHUNK = 64  # rounds between two looks at the orbit
INVASION = 1e-9  # growth above 1 that counts: rounding, for neutral outcomes


class Limit(NamedTuple):
    """Where the rounds end.

    Attributes:
        kind: "fixed_point", "cycle" or "not_reached".
        probs: The last round computed [n]; at K = inf without real data the bargain.
        period: Rounds per revolution, 1 at a fixed point, 0 if not reached.
        rounds: Rounds computed; 0 where the limit was solved for.
        residual: Estimated distance to the limit in the maximum norm; if not reached,
            the change in the last round.
    """

    kind: Literal["fixed_point", "cycle", "not_reached"]
    probs: Float[np.ndarray, " n"]
    period: int
    rounds: int
    residual: float


def limit(
    probs: ArrayLike,
    rewards: ArrayLike,
    voter_weights: ArrayLike,
    slate_size: int | float,
    *,
    temperature: int | float = 1.0,
    real_probs: ArrayLike | None = None,
    real_share: int | float = 0.0,
    tolerance: int | float = 1e-9,
    max_rounds: int = 20_000,
) -> Limit:
    """Find the fixed point or cycle that rounds of curation reach from p_0.

    Rounds are iterated until the differences between rounds fall geometrically and
    their sum to come is below the tolerance; a cycle is the same with differences over
    up to 16 rounds. Besides, no outcome that has all but vanished may grow when rare:
    near a saddle the rounds come to rest for a while, then leave it. With slates of two
    and majorities in a cycle they pass from saddle to saddle ever more slowly: the kind
    is then "not_reached", as it is where convergence is too slow, or where the period
    is not a whole number of rounds.

    At K = inf without real data the limit is known: `nash_bargaining` solves for it.
    Where several distributions are equally good for all voters, it is one of them.

    Args:
        probs: Initial shares p_0 [n], >= 0, sum 1.
        rewards: Finite rewards [m, n], one row per voter.
        voter_weights: Probability that each voter judges a slate [m], >= 0, sum 1.
        slate_size: K, an integer >= 1, or math.inf.
        temperature: Unit of the rewards, > 0; math.inf means no curation.
        real_probs: Shares of the atoms in the real data [n]; needed if real_share > 0.
        real_share: Share s of real data in each training set, in [0, 1].
        tolerance: Greatest estimated distance to the limit, >= 0.
        max_rounds: When to give up, >= 1; rounded up to a multiple of 64.

    Returns:
        The limit and how it was found.

    Raises:
        ValueError: If an argument is outside these ranges.
        FloatingPointError: If the quadrature loses more than 1e-9 of the mass.

    References:
        Falahati et al., ICML 2026, arXiv:2605.07724 (the map). J. Hofbauer, K. Sigmund,
        "Evolutionary Games and Population Dynamics", Cambridge 1998 (cycles of
        saddles).

    Example:
        >>> end = limit([0.5, 0.5], [[60.0, 0.0], [0.0, 60.0]], [0.4, 0.6], 3)
        >>> end.kind, end.probs.round(4)
        ('fixed_point', array([0.2, 0.8]))
    """
    tolerance = check_number("tolerance", tolerance, 0.0)
    max_rounds = check_count("max_rounds", max_rounds, minimum=1)
    game = (rewards, voter_weights, slate_size)
    real: dict[str, Any] = {"real_probs": real_probs, "real_share": real_share}
    if check_slate_size(slate_size) == math.inf and real_share == 0:
        return _bargain(probs, game, temperature, tolerance)
    start = check_probs("probs", probs)

    def advance(current):
        return population_trajectory(
            current, *game, CHUNK, temperature=temperature, **real
        )

    def leaves(rows):
        return real_share == 0 and _invaded(rows, start, game, temperature)

    return settle(advance, leaves, start, tolerance, max_rounds)


def settle(
    advance: Callable[[Float[np.ndarray, " n"]], Float[np.ndarray, "rows n"]],
    leaves: Callable[[Float[np.ndarray, "rows n"]], bool],
    start: Float[np.ndarray, " n"],
    tolerance: float,
    max_rounds: int,
) -> Limit:
    """Iterate rounds of any map until they have settled.

    Args:
        advance: Maps p [n] to p and the 64 rounds after it [65, n].
        leaves: Tells of the rows of one period whether the rounds will yet leave them.
        start: p_0 [n].
        tolerance: Greatest estimated distance to the limit.
        max_rounds: When to give up, >= 1; rounded up to a multiple of 64.

    Returns:
        The limit, as `limit` does.
    """
    current = start
    for rounds in range(CHUNK, max_rounds + CHUNK, CHUNK):
        path = advance(current)
        current = path[-1]
        period, error = settled_period(path, tolerance)
        if period and not leaves(path[-period:]):
            kind = "fixed_point" if period == 1 else "cycle"
            return Limit(kind, current, period, rounds, error)
    change = float(np.abs(path[-1] - path[-2]).max())
    return Limit("not_reached", current, 0, rounds, change)


def _bargain(probs, game, temperature, tolerance):
    rewards, weights, _ = game
    nash = nash_bargaining(rewards, weights, probs, temperature)
    following = population_round(nash.probs, *game, temperature=temperature)
    residual = float(np.abs(following - nash.probs).max())
    if nash.converged and residual <= max(tolerance, 1e-9):
        return Limit("fixed_point", nash.probs, 1, 0, residual)
    return Limit("not_reached", nash.probs, 0, 0, residual)


def _invaded(rows, start, game, temperature):
    """Tell whether an outcome that has all but vanished grows over the rows."""
    rare = (start > 0) & (rows.max(axis=0) < math.sqrt(INVASION))
    if not rare.any():
        return False
    growth = [curation_multiplier(row, *game, temperature) for row in rows]
    per_round = np.log(np.maximum(growth, 1e-300)).mean(axis=0)
    return bool(per_round[rare].max() > INVASION)
