"""The whole pool as one slate, where nothing is kept twice."""

from __future__ import annotations

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float, Int, PRNGKeyArray

from retrain_sim.base import Judges, component
from retrain_sim.curation.draws.choose import pick_judges
from retrain_sim.curation.draws.slates import check_temperature


@component
class SoftmaxDistinct:
    """Draw from what is left of the pool with odds exp(score / temperature).

    Without replacement: a candidate is kept once at most, so that a small pool blunts
    the selection; if all are kept nothing is selected.

    Args:
        temperature: > 0; ``inf`` makes every choice uniform, which is no curation.

    References:
        R. L. Plackett, "The Analysis of Permutations", 1975; drawn by Gumbel keys,
        W. Kool et al., ICML 2019, arXiv 1903.06059. Derived here: the law of an
        infinite pool with several judges.
    """

    temperature: float = 1.0

    def check(self):
        """Yield what is out of range."""
        yield from check_temperature(self.temperature)

    def pool_errors(self, n_candidates: int, n_kept: int):
        """Yield what does not fit the pool."""
        if n_kept > n_candidates:
            yield "kind", f"{n_candidates} candidates cannot yield {n_kept} distinct"

    def __call__(
        self, key: PRNGKeyArray, judges: Judges, n_kept: int
    ) -> tuple[Int[Array, " n_kept"], Int[Array, " n_kept"]]:
        """Let one judge after the other take the best left on its noisy list.

        A judge's list, ordered by score / temperature plus Gumbel noise, is a
        Plackett-Luce sequence; what others took leaves the law of the rest as it is.
        """
        key_judge, key_noise = jax.random.split(key)
        judge = pick_judges(key_judge, judges, n_kept)
        noise = jax.random.gumbel(key_noise, judges.scores.shape)
        keys = judges.scores / self.temperature + noise

        def take(left: Array, who: Array) -> tuple[Array, Array]:
            best = jnp.argmax(jnp.where(left, keys[who], -jnp.inf))
            return left.at[best].set(False), best

        _, index = jax.lax.scan(take, jnp.ones(keys.shape[1], bool), judge)
        return index, judge

    def multiplier(
        self,
        scores: Float[np.ndarray, "v n"],
        weights: Float[np.ndarray, " v"],
        probs: Float[np.ndarray, " n"],
        kept_share: float,
    ) -> Float[np.ndarray, " n"]:
        """Return the growth when a share f of an infinite pool is kept.

        What is left of an atom falls as exp(-sum_j c_j u_j), where judge j's clock c_j
        runs at speed w_j / E[u_j on what is left] until the share f is gone.
        """
        from scipy.integrate import solve_ivp  # slow to import, and only theory asks

        if kept_share >= 1:
            return np.ones_like(probs)
        log_odds = scores / float(self.temperature)
        utility = np.exp(log_odds - log_odds.max(axis=1, keepdims=True))

        def speed(_, clocks):
            return weights / (utility @ (probs * np.exp(-clocks @ utility)))

        start = np.zeros(len(weights))
        clocks = solve_ivp(speed, (0, kept_share), start, rtol=1e-10, atol=1e-12)
        return -np.expm1(-clocks.y[:, -1] @ utility) / kept_share
