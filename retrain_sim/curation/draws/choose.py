"""What the draws share: picking a judge, and Luce's choice from a slate or a pool."""

from __future__ import annotations

import jax
import jax.numpy as jnp
from jaxtyping import Array, Float, Int, PRNGKeyArray

from retrain_sim.base import Judges
from retrain_sim.sampling import choice, cumulative_weights


def pick_judges(
    key: PRNGKeyArray, judges: Judges, n_kept: int
) -> Int[Array, " n_kept"]:
    """Draw who decides about every kept sample."""
    return choice(key, judges.weights, n_kept)


def choose_from_slates(
    key: PRNGKeyArray,
    log_odds: Float[Array, "v n"],
    slates: Int[Array, "n_kept k"],
    judge: Int[Array, " n_kept"],
) -> Int[Array, " n_kept"]:
    """Choose one candidate of every slate, with odds exp(log_odds) of its judge."""
    # Slates last in memory: long inner loops. A running sum, unlike a parallel one,
    # has exactly its predecessor's value where the odds are zero.
    shown = log_odds[judge[None], slates.T]
    odds = jnp.exp(shown - shown.max(axis=0, keepdims=True))
    sums = jnp.zeros_like(odds[0])
    total, cumulative = jax.lax.scan(lambda s, o: (s + o, s + o), sums, odds)
    uniform = jax.random.uniform(key, judge.shape) * total
    pick = (cumulative <= uniform[None]).sum(axis=0)
    return jnp.take_along_axis(slates, pick[:, None], axis=1)[:, 0]


def choose_from_pool(
    key: PRNGKeyArray, odds: Float[Array, "v n"], judge: Int[Array, " n_kept"]
) -> Int[Array, " n_kept"]:
    """Choose from the whole pool with the judge's odds, by inverting their sums."""
    cumulative = cumulative_weights(odds)
    uniform = jax.random.uniform(key, judge.shape) * cumulative[judge, -1]
    found = jax.vmap(lambda row: jnp.searchsorted(row, uniform, side="right"))(
        cumulative
    )
    return found[judge, jnp.arange(len(judge))]


def softmax_odds(
    scores: Float[Array, "v n"], temperature: float | Array
) -> Float[Array, "v n"]:
    """Return exp(score / temperature), each judge's best candidate at 1."""
    log_odds = scores / temperature
    return jnp.exp(log_odds - log_odds.max(axis=1, keepdims=True))
