"""Consecutive slates: every candidate is shown once."""

from __future__ import annotations

import jax
from jaxtyping import Array, Int, PRNGKeyArray

from retrain_sim.base import Judges, component, static
from retrain_sim.curation.draws.choose import choose_from_slates, pick_judges
from retrain_sim.curation.draws.slates import check_slate_size, check_temperature


@component
class DisjointSlates:
    """Deal the pool into slates of K that share no candidate; each keeps one.

    The law of one kept sample is that of ``slates``; but the kept ones are distinct
    and less correlated, and n_kept of them need n_kept K candidates.

    Args:
        slate_size: K >= 1, finite.
        temperature: > 0; ``inf`` makes every choice uniform, which is no curation.
    """

    slate_size: int = static(default=8)
    temperature: float = 1.0

    def check(self):
        """Yield what is out of range."""
        yield from check_slate_size(self.slate_size)
        yield from check_temperature(self.temperature)

    def pool_errors(self, n_candidates: int, n_kept: int):
        """Yield what does not fit the pool."""
        needed = n_kept * self.slate_size
        if needed > n_candidates:
            yield (
                "slate_size",
                f"{n_kept} disjoint slates of {self.slate_size} need {needed} "
                f"candidates, n_candidates is {n_candidates}",
            )

    @property
    def luce(self) -> tuple[float, float]:
        """K and temperature: the draw is Luce's choice, whose map theory knows."""
        return float(self.slate_size), float(self.temperature)

    def __call__(
        self, key: PRNGKeyArray, judges: Judges, n_kept: int
    ) -> tuple[Int[Array, " n_kept"], Int[Array, " n_kept"]]:
        """Shuffle, deal, and let a judge choose from every slate."""
        key_judge, key_deal, key_choice = jax.random.split(key, 3)
        judge = pick_judges(key_judge, judges, n_kept)
        deck = jax.random.permutation(key_deal, judges.scores.shape[1])
        slates = deck[: n_kept * self.slate_size].reshape(n_kept, self.slate_size)
        log_odds = judges.scores / self.temperature
        return choose_from_slates(key_choice, log_odds, slates, judge), judge
