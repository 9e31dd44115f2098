"""K-choice: every kept sample is the winner of its own slate."""

from __future__ import annotations

import math

import jax
from jaxtyping import Array, Int, PRNGKeyArray

from retrain_sim.base import Judges, component, static
from retrain_sim.curation.draws.choose import (
    choose_from_pool,
    choose_from_slates,
    pick_judges,
    softmax_odds,
)
from retrain_sim.curation.draws.floyd import distinct_slates


@component
class Slates:
    """Keep one of K distinct candidates, with odds exp(score / temperature).

    Every kept sample has a slate of its own, so that slates share candidates. The
    one-round law is exact on any pool, however small.

    Args:
        slate_size: K >= 1, or ``inf``: the whole pool is the slate.
        temperature: > 0; ``inf`` makes every choice uniform, which is no curation.

    References:
        R. D. Luce, "Individual Choice Behavior", 1959. Falahati et al., ICML 2026,
        arXiv 2605.07724.
    """

    slate_size: int | float = static(default=8)
    temperature: float = 1.0

    def check(self):
        """Yield what is out of range."""
        yield from check_slate_size(self.slate_size)
        yield from check_temperature(self.temperature)

    def pool_errors(self, n_candidates: int, n_kept: int):
        """Yield what does not fit the pool."""
        if n_candidates < self.slate_size < math.inf:
            pool = f"the pool of {n_candidates} candidates"
            yield "slate_size", f"{self.slate_size} is larger than {pool}"

    @property
    def luce(self) -> tuple[float, float]:
        """K and temperature: the draw is Luce's choice, whose map theory knows."""
        return float(self.slate_size), float(self.temperature)

    def __call__(
        self, key: PRNGKeyArray, judges: Judges, n_kept: int
    ) -> tuple[Int[Array, " n_kept"], Int[Array, " n_kept"]]:
        """Draw a judge and a slate for every kept sample; the judge chooses."""
        key_judge, key_slate, key_choice = jax.random.split(key, 3)
        judge = pick_judges(key_judge, judges, n_kept)
        if math.isinf(self.slate_size):
            odds = softmax_odds(judges.scores, self.temperature)
            return choose_from_pool(key_choice, odds, judge), judge
        n, k = judges.scores.shape[1], int(self.slate_size)
        slates = distinct_slates(key_slate, n_kept, k, n)
        log_odds = judges.scores / self.temperature
        return choose_from_slates(key_choice, log_odds, slates, judge), judge


def check_slate_size(k: int | float):
    """Yield what is wrong with a slate size."""
    whole = isinstance(k, int) or math.isinf(k) or k.is_integer()
    if not (whole and k >= 1):
        yield "slate_size", f"must be a whole number >= 1 or inf, got {k}"


def check_temperature(temperature: float):
    """Yield what is wrong with a temperature."""
    if not temperature > 0:
        yield "temperature", f"must be positive (inf allowed), got {temperature}"
