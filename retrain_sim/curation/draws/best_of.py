"""Best of K: the slate's best candidate, without chance."""

from __future__ import annotations

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float, Int, PRNGKeyArray

from retrain_sim.base import Judges, component, static
from retrain_sim.curation.draws.choose import pick_judges
from retrain_sim.curation.draws.floyd import distinct_slates
from retrain_sim.curation.draws.slates import Slates, check_slate_size


@component
class BestOf:
    """Keep the best of K distinct candidates, ties broken at random.

    The limit of ``slates`` at temperature zero. It sees ranks only: any increasing
    function of the scores gives the same choice.

    Args:
        slate_size: K >= 1, finite.
    """

    slate_size: int = static(default=4)

    def check(self):
        """Yield what is out of range."""
        yield from check_slate_size(self.slate_size)

    def pool_errors(self, n_candidates: int, n_kept: int):
        """Yield what does not fit the pool."""
        yield from Slates(self.slate_size).pool_errors(n_candidates, n_kept)

    def __call__(
        self, key: PRNGKeyArray, judges: Judges, n_kept: int
    ) -> tuple[Int[Array, " n_kept"], Int[Array, " n_kept"]]:
        """Draw a judge and a slate for every kept sample; the first best wins."""
        key_judge, key_slate, key_tie = jax.random.split(key, 3)
        judge = pick_judges(key_judge, judges, n_kept)
        n = judges.scores.shape[1]
        slates = distinct_slates(key_slate, n_kept, self.slate_size, n)
        shown = judges.scores[judge[:, None], slates]
        tied = shown == shown.max(axis=1, keepdims=True)
        lots = jax.random.uniform(key_tie, shown.shape)
        pick = jnp.where(tied, lots, -1.0).argmax(axis=1)
        return jnp.take_along_axis(slates, pick[:, None], axis=1)[:, 0], judge

    def multiplier(
        self,
        scores: Float[np.ndarray, "v n"],
        weights: Float[np.ndarray, " v"],
        probs: Float[np.ndarray, " n"],
        kept_share: float,
    ) -> Float[np.ndarray, " n"]:
        """Return sum_j w_j (F_j(x)^K - F_j(x-)^K) / P_j(x), F_j of judge j's scores."""
        rows = [_growth(row, probs, self.slate_size) for row in scores]
        return np.asarray(weights) @ np.stack(rows)


def _growth(score: np.ndarray, probs: np.ndarray, k: int) -> np.ndarray:
    _, level = np.unique(score, return_inverse=True)
    mass = np.bincount(level, probs)
    upto = np.cumsum(mass)
    below = upto - mass
    slope = k * below ** (k - 1)  # of a level that is rare
    with np.errstate(invalid="ignore", divide="ignore"):
        growth = np.where(mass > 0, (upto**k - below**k) / mass, slope)
    return growth[level]
