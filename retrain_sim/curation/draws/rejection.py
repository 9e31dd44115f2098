"""Rejection sampling: a score is a probability of being kept."""

from __future__ import annotations

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float, Int, PRNGKeyArray

from retrain_sim.base import Judges, component
from retrain_sim.curation.draws.choose import choose_from_pool, pick_judges


@component
class Rejection:
    """Keep x with probability proportional to its score R(x) >= 0, until n_kept are.

    Drawn from the pool with replacement; equal in law to infinite slates with the
    reward log R. What scores below zero is never kept; a pool in which nothing scores
    above zero stops the run.

    References:
        E. Zelikman et al., "STaR: Bootstrapping Reasoning With Reasoning", NeurIPS
        2022, arXiv 2203.14465, keeps what a verifier accepts: R is 0 or 1.
    """

    def pool_errors(self, n_candidates: int, n_kept: int):
        """Yield nothing: any pool serves."""
        yield from ()

    def score_errors(self, scores: Float[np.ndarray, "v n"]):
        """Yield what is wrong with the scores of the atoms."""
        if scores.min() < 0:
            yield f"scores must be at least 0, the least is {scores.min():g}"
        elif (scores.max(axis=1) <= 0).any():
            yield "R is 0 for every outcome: nothing would ever be kept"

    def __call__(
        self, key: PRNGKeyArray, judges: Judges, n_kept: int
    ) -> tuple[Int[Array, " n_kept"], Int[Array, " n_kept"]]:
        """Draw a judge for every kept sample, and what it accepts; -1 if nothing."""
        key_judge, key_choice = jax.random.split(key)
        judge = pick_judges(key_judge, judges, n_kept)
        odds = jnp.maximum(judges.scores, 0)
        index = choose_from_pool(key_choice, odds, judge)
        return jnp.where((odds.sum(axis=1) > 0)[judge], index, -1), judge

    def multiplier(
        self,
        scores: Float[np.ndarray, "v n"],
        weights: Float[np.ndarray, " v"],
        probs: Float[np.ndarray, " n"],
        kept_share: float,
    ) -> Float[np.ndarray, " n"]:
        """Return sum_j w_j R_j / E[R_j]."""
        accepted = np.maximum(scores, 0)
        return (np.asarray(weights) / (accepted @ probs)) @ accepted
