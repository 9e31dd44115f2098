"""The whole pool as one slate."""

from __future__ import annotations

import math

import jax
from jaxtyping import Array, Int, PRNGKeyArray

from retrain_sim.base import Judges, component
from retrain_sim.curation.draws.choose import (
    choose_from_pool,
    pick_judges,
    softmax_odds,
)
from retrain_sim.curation.draws.slates import check_temperature


@component
class Softmax:
    """Draw from the pool with odds exp(score / temperature), with replacement.

    ``slates`` at K = inf; on a pool of n its law has a bias of order 1/n.

    Args:
        temperature: > 0; ``inf`` makes every choice uniform, which is no curation.
    """

    temperature: float = 1.0

    def check(self):
        """Yield what is out of range."""
        yield from check_temperature(self.temperature)

    def pool_errors(self, n_candidates: int, n_kept: int):
        """Yield nothing: any pool serves."""
        yield from ()

    @property
    def luce(self) -> tuple[float, float]:
        """K and temperature: the draw is Luce's choice, whose map theory knows."""
        return math.inf, float(self.temperature)

    def __call__(
        self, key: PRNGKeyArray, judges: Judges, n_kept: int
    ) -> tuple[Int[Array, " n_kept"], Int[Array, " n_kept"]]:
        """Draw a judge for every kept sample; the judge chooses from the pool."""
        key_judge, key_choice = jax.random.split(key)
        judge = pick_judges(key_judge, judges, n_kept)
        odds = softmax_odds(judges.scores, self.temperature)
        return choose_from_pool(key_choice, odds, judge), judge
