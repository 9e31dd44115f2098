"""The top fraction of the pool."""

from __future__ import annotations

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float, Int, PRNGKeyArray

from retrain_sim.base import Judges, component
from retrain_sim.curation.draws.choose import pick_judges


@component
class TopFraction:
    """Keep distinct candidates of the judge's top fraction of the pool, at random.

    If the fraction is n_kept / n_candidates and one judge decides, simply the best.
    Ties at the border are broken at random.

    Args:
        fraction: of the candidates, in (0, 1].
    """

    fraction: float = 0.5

    def check(self):
        """Yield what is out of range."""
        if not 0 < self.fraction <= 1:
            yield "fraction", f"must be in (0, 1], got {self.fraction}"

    def pool_errors(self, n_candidates: int, n_kept: int):
        """Yield what does not fit the pool."""
        top = round(float(self.fraction) * n_candidates)
        if n_kept > top:
            yield (
                "fraction",
                f"the top {self.fraction:g} of {n_candidates} candidates are {top}, "
                f"fewer than n_kept = {n_kept}",
            )

    def __call__(
        self, key: PRNGKeyArray, judges: Judges, n_kept: int
    ) -> tuple[Int[Array, " n_kept"], Int[Array, " n_kept"]]:
        """Deal every judge its shuffled top candidates, one after the other."""
        key_judge, key_tie, key_deal = jax.random.split(key, 3)
        judge = pick_judges(key_judge, judges, n_kept)
        n_judges, n = judges.scores.shape
        lots = jax.random.uniform(key_tie, judges.scores.shape)
        best_first = jnp.lexsort((lots, -judges.scores), axis=1)
        top = jnp.round(self.fraction * n)
        lots = jax.random.uniform(key_deal, judges.scores.shape)
        shuffled = jnp.where(jnp.arange(n)[None] < top, lots, 2.0).argsort(axis=1)
        dealt = jnp.take_along_axis(best_first, shuffled, axis=1)
        mine = judge[:, None] == jnp.arange(n_judges)[None]
        turn = jnp.take_along_axis(mine.cumsum(axis=0), judge[:, None], axis=1)[:, 0]
        return dealt[judge, turn - 1], judge

    def multiplier(
        self,
        scores: Float[np.ndarray, "v n"],
        weights: Float[np.ndarray, " v"],
        probs: Float[np.ndarray, " n"],
        kept_share: float,
    ) -> Float[np.ndarray, " n"]:
        """Return 1 / fraction at the top, 0 below, in between at the border."""
        rows = [_growth(row, probs, float(self.fraction)) for row in scores]
        return np.asarray(weights) @ np.stack(rows)


def _growth(score: np.ndarray, probs: np.ndarray, fraction: float) -> np.ndarray:
    _, level = np.unique(-score, return_inverse=True)
    mass = np.bincount(level, probs)
    better = np.cumsum(mass) - mass
    with np.errstate(invalid="ignore", divide="ignore"):
        inside = np.where(mass > 0, (fraction - better) / mass, fraction > better)
    return (np.clip(inside, 0, 1) / fraction)[level]
