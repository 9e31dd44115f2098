"""Pluralistic K-choice: a random voter chooses one of K candidates."""

from __future__ import annotations

import numpy as np
from jaxtyping import Array, Float, PRNGKeyArray

from retrain_sim.base import Selection, View, component, static
from retrain_sim.curation.draws import Slates
from retrain_sim.curation.rule import Rule, check_sizes
from retrain_sim.curation.scores import RandomVoter


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

    @property
    def rule(self) -> Rule:
        """The long form: a random voter, and slates."""
        return Rule(
            RandomVoter(self.voter_weights),
            Slates(self.slate_size, self.temperature),
            self.n_candidates,
            self.n_kept,
        )

    def check(self):
        """Yield what is out of range."""
        yield from self.rule.score.check()
        yield from self.rule.draw.check()
        yield from check_sizes(self.n_candidates, self.n_kept)
        yield from self.rule.draw.pool_errors(self.n_candidates, self.n_kept)

    def select(
        self, key: PRNGKeyArray, view: View, log_prob: Float[Array, " n"] | None
    ) -> Selection:
        """Keep ``n_kept`` candidates, each chosen by a voter from its own slate."""
        return self.rule.select(key, view, log_prob)

    def multiplier(
        self, view: View, probs: Float[np.ndarray, " n"]
    ) -> Float[np.ndarray, " n"]:
        """Return the growth of every atom in one round of an infinite pool."""
        return self.rule.multiplier(view, probs)
