"""A score rule and a draw, put together."""

from __future__ import annotations

import dataclasses
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float, PRNGKeyArray

from retrain_sim.base import Selection, View, component, part, static
from retrain_sim.theory import curation_multiplier


class Voters(NamedTuple):
    """Judges in the terms of ``retrain_sim.theory``."""

    rewards: Float[np.ndarray, "v n"]
    weights: Float[np.ndarray, " v"]


@component
class Rule:
    """Any score rule with any draw: ``[curation.score]`` and ``[curation.draw]``.

    The score rule says who judges and what they value, the draw how the scores decide.
    ``k-choice`` is the short form of ``random-voter`` with ``slates``.

    Args:
        score: a score rule.
        draw: a draw.
        n_candidates: candidates drawn from the model each round, >= 1.
        n_kept: samples kept each round, >= 1.
    """

    score: Any = part("score")
    draw: Any = part("draw")
    n_candidates: int = static(default=1500)
    n_kept: int = static(default=500)

    def check(self):
        """Yield what is out of range."""
        yield from check_sizes(self.n_candidates, self.n_kept)
        for field, message in self.draw.pool_errors(self.n_candidates, self.n_kept):
            yield f"draw.{field}", message

    def prepare(self, kit) -> Rule:
        """Prepare the score rule, and try it on the atoms."""
        prepare = getattr(self.score, "prepare", None)
        rule = dataclasses.replace(self, score=prepare(kit)) if prepare else self
        errors = getattr(self.draw, "score_errors", None)
        if errors:
            n = kit.atom_rewards.shape[1]
            atoms = View(jnp.arange(n), jnp.ones(n), kit.atom_rewards, jnp.arange(n))
            judges = rule.score(atoms, jnp.full(n, -np.log(n)))
            for message in errors(np.asarray(judges.scores)):
                kit.fail("curation.draw", message)
        return rule

    def select(
        self, key: PRNGKeyArray, view: View, log_prob: Float[Array, " n"] | None
    ) -> Selection:
        """Keep ``n_kept`` candidates."""
        judges = self.score(view, log_prob)
        index, judge = self.draw(key, judges, self.n_kept)
        return Selection(index, judges.voter[judge])

    def voters(self, view: View, probs: Float[np.ndarray, " n"]) -> Voters:
        """Return the judges as theory takes voters: scores and weights in float64."""
        with jax.enable_x64(True):
            log_prob = jnp.log(jnp.maximum(jnp.asarray(probs), 1e-300))
            exact = view._replace(rewards=jnp.asarray(view.rewards, jnp.float64))
            judges = self.score(exact, log_prob)
            scores = np.array(judges.scores, np.float64)
            weights = np.array(judges.weights, np.float64)
        return Voters(scores, weights / weights.sum())

    def multiplier(
        self, view: View, probs: Float[np.ndarray, " n"]
    ) -> Float[np.ndarray, " n"]:
        """Return the growth of every atom in one round of an infinite pool."""
        scores, weights = self.voters(view, probs)
        if hasattr(self.draw, "luce"):
            return curation_multiplier(probs, scores, weights, *self.draw.luce)
        share = self.n_kept / self.n_candidates
        return self.draw.multiplier(scores, weights, probs, share)


def check_sizes(n_candidates: int, n_kept: int):
    """Yield what is wrong with the sizes of a pool."""
    if n_kept < 1:
        yield "n_kept", f"must be at least 1, got {n_kept}"
    if n_candidates < 1:
        yield "n_candidates", f"must be at least 1, got {n_candidates}"
