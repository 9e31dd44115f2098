"""Pluralistic K-choice: a random voter chooses one of K candidates."""

from __future__ import annotations

import math

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float, Int, PRNGKeyArray

from retrain_sim.base import Selection, View, component, static
from retrain_sim.curation.slates import distinct_slates


@component
class KChoice:
    """A random voter keeps one of K candidates, with odds exp(r / temperature).

    For each kept sample draw a slate of K distinct candidates and, independently, a
    voter i with probability w_i; keep candidate x of the slate with probability
    u_i(x) / sum of u_i over the slate, u_i = exp(r_i / temperature).

    Args:
        voter_weights: w_i >= 0, summing to one: how often reward i judges.
        slate_size: K >= 1, or ``inf``: the whole pool is the slate.
        temperature: > 0; ``inf`` makes every choice uniform, which is no curation.
        n_candidates: candidates drawn from the model each round.
        n_kept: samples kept each round, >= 1.

    References:
        Falahati, Mohammadi Amiri, Larson, Golab, "Curated Synthetic Data Doesn't Have
        to Collapse", ICML 2026, arXiv 2605.07724; one reward: Ferbach et al., NeurIPS
        2024, arXiv 2407.09499.
    """

    voter_weights: tuple[float, ...]
    slate_size: int | float = static(default=8)
    temperature: float = 1.0
    n_candidates: int = static(default=1500)
    n_kept: int = static(default=500)

    def check(self):
        """Yield what is out of range."""
        weights = np.asarray(self.voter_weights, np.float64)
        if not (weights.min(initial=1) >= 0 and abs(weights.sum() - 1) <= 1e-5):
            shown = [round(float(w), 6) for w in weights]
            yield "voter_weights", f"must be >= 0 and sum to 1, got {shown}"
        k = self.slate_size
        whole = isinstance(k, int) or math.isinf(k) or k.is_integer()
        if not (whole and self.slate_size >= 1):
            yield (
                "slate_size",
                f"must be a whole number >= 1 or inf, got {self.slate_size}",
            )
        if not self.temperature > 0:
            yield (
                "temperature",
                f"must be positive (inf allowed), got {self.temperature}",
            )
        if self.n_kept < 1:
            yield "n_kept", f"must be at least 1, got {self.n_kept}"
        if self.n_candidates < 1:
            yield "n_candidates", f"must be at least 1, got {self.n_candidates}"
        if self.n_candidates < self.slate_size < math.inf:
            pool = f"the pool of {self.n_candidates} candidates"
            yield "slate_size", f"{self.slate_size} is larger than {pool}"

    def select(
        self, key: PRNGKeyArray, view: View, log_prob: Float[Array, " n"] | None
    ) -> Selection:
        """Keep ``n_kept`` candidates, each chosen by a voter from its own slate."""
        key_voter, key_slate, key_choice = jax.random.split(key, 3)
        weights = jnp.asarray(self.voter_weights)
        voter = jax.random.choice(key_voter, len(weights), (self.n_kept,), p=weights)
        utility = view.rewards / self.temperature
        if math.isinf(self.slate_size):
            index = _choose_from_pool(key_choice, utility, view.weights, voter)
        else:
            n, k = len(view.weights), int(self.slate_size)
            slates = distinct_slates(key_slate, self.n_kept, k, n)
            index = _choose_from_slates(key_choice, utility, slates, voter)
        return Selection(index, voter)


def _choose_from_slates(
    key: PRNGKeyArray,
    utility: Float[Array, "m n"],
    slates: Int[Array, "n_kept k"],
    voter: Int[Array, " n_kept"],
) -> Int[Array, " n_kept"]:
    shown = utility[voter[:, None], slates]
    odds = jnp.exp(shown - shown.max(axis=1, keepdims=True))
    cumulative = jnp.cumsum(odds, axis=1)
    uniform = jax.random.uniform(key, voter.shape) * cumulative[:, -1]
    pick = (cumulative <= uniform[:, None]).sum(axis=1)
    return jnp.take_along_axis(slates, pick[:, None], axis=1)[:, 0]


def _choose_from_pool(
    key: PRNGKeyArray,
    utility: Float[Array, "m n"],
    weights: Float[Array, " n"],
    voter: Int[Array, " n_kept"],
) -> Int[Array, " n_kept"]:
    """Draw from each voter's softmax over the pool, by inverting its cumulative sum."""
    odds = jnp.exp(utility - utility.max(axis=1, keepdims=True)) * weights[None]
    cumulative = jnp.cumsum(odds, axis=1)
    uniform = jax.random.uniform(key, voter.shape) * cumulative[voter, -1]
    found = jax.vmap(lambda row: jnp.searchsorted(row, uniform, side="right"))(
        cumulative
    )
    return found[voter, jnp.arange(len(voter))]
