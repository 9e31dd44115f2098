"""A game: outcomes, voters and slates, and the map of one round of curation."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from jaxtyping import Bool, Float, Int

from retrain_sim.errors import UserError
from retrain_sim.theory.atoms import MAX_SPREAD, check_mass
from retrain_sim.theory.pool_growth import Growth, pool_growth


class Rules(NamedTuple):
    """How a round curates.

    Attributes:
        weights: probability that each voter judges a slate, sum 1 ``[m]``.
        slate_size: K, an integer >= 1, or inf.
        temperature: unit of the rewards, > 0 or inf.
        real_share: share of the pool itself in each training set, in ``[0, 1]``.
    """

    weights: Float[np.ndarray, " m"]
    slate_size: float
    temperature: float
    real_share: float = 0.0


class Game(NamedTuple):
    """Outcomes under rules: ``rewards [m, a]``, ``start [a]`` (p_0, the real data)."""

    rewards: Float[np.ndarray, "m a"]
    start: Float[np.ndarray, " a"]
    rules: Rules
    growth: Growth

    def step(self, probs: Float[np.ndarray, " a"]) -> Float[np.ndarray, " a"]:
        """Map p_t to p_{t+1} = s p_0 + (1 - s) p_t sum_i w_i H_i."""
        if self.rules.real_share == 1.0:
            return self.start
        curated = probs * self.growth(probs)
        mass = curated.sum(axis=-1, keepdims=True)
        check_mass(np.abs(np.ravel(mass) - 1.0))
        share = self.rules.real_share
        return share * self.start + (1.0 - share) * (curated / mass)

    def path(
        self, probs: Float[np.ndarray, " a"], n_rounds: int
    ) -> Float[np.ndarray, "rows a"]:
        """Return p and the rounds after it."""
        rows = [probs]
        for _ in range(n_rounds):
            rows.append(self.step(rows[-1]))
        return np.stack(rows)

    def only(self, chosen: Bool[np.ndarray, " a"] | Int[np.ndarray, " b"]) -> Game:
        """Take some of the outcomes for all there is."""
        start = self.start[chosen]
        return make_game(self.rewards[:, chosen], start / start.sum(), self.rules)

    def under(self, rules: Rules) -> Game:
        """Change the rules."""
        return make_game(self.rewards, self.start, rules)


def make_game(
    rewards: Float[np.ndarray, "m a"], start: Float[np.ndarray, " a"], rules: Rules
) -> Game:
    """Prepare the rounds of one pool.

    Args:
        rewards: of the outcomes ``[m, a]``.
        start: their shares, > 0, sum 1 ``[a]``.
        rules: how a round curates.

    Raises:
        UserError: rewards spread over too many temperatures.

    Example:
        >>> rules = Rules(np.array([0.4, 0.6]), 3.0, 1.0)
        >>> game = make_game(60.0 * np.eye(2), np.array([0.5, 0.5]), rules)
        >>> game.path(game.start, 2).round(4)
        array([[0.5  , 0.5  ],
               [0.425, 0.575],
               [0.37 , 0.63 ]])
    """
    with np.errstate(over="ignore"):
        spread = float(np.ptp(rewards, axis=1).max() / rules.temperature)
    if not spread <= MAX_SPREAD:
        raise UserError(
            f"rewards / temperature spread over {spread:g}, allowed <= {MAX_SPREAD:g}: "
            "raise the temperature"
        )
    try:
        growth = pool_growth(rewards, *rules[:3])
    except ValueError as error:
        raise UserError(str(error)) from None
    return Game(rewards, start, rules, growth)
