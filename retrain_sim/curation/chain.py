"""Two stages of curation, one after the other."""

from __future__ import annotations

import dataclasses
from typing import Any

import jax
from jaxtyping import Array, Float, PRNGKeyArray

from retrain_sim.base import Selection, View, component, part


@component
class Chain:
    """First the owner curates the candidates, then the public what the owner kept.

    Selection metrics see the public's voters. With finite slates the owner's choice is
    a finite pool for the public: the law of two exact rounds holds for large pools.

    Args:
        owner: a curation; its ``n_candidates`` are drawn from the model.
        public: a curation whose ``n_candidates`` is the owner's ``n_kept``.

    References:
        Falahati, Mohammadi Amiri, Larson, Golab, "The Alignment Game", AAAI 2026,
        arXiv 2511.12804.
    """

    owner: Any = part("curation")
    public: Any = part("curation")

    @property
    def n_candidates(self) -> int:
        """Candidates drawn from the model each round."""
        return self.owner.n_candidates

    @property
    def n_kept(self) -> int:
        """Samples that both stages kept, each round."""
        return self.public.n_kept

    def check(self):
        """Yield what is out of range."""
        seen = self.public.n_candidates or self.public.n_kept
        if seen != self.owner.n_kept:
            kept = f"the owner keeps {self.owner.n_kept}"
            yield "public.n_candidates", f"is {seen}, but {kept}: they must agree"

    def prepare(self, kit) -> Chain:
        """Prepare both stages."""

        def ready(stage: Any) -> Any:
            return stage.prepare(kit) if hasattr(stage, "prepare") else stage

        return dataclasses.replace(
            self, owner=ready(self.owner), public=ready(self.public)
        )

    def select(
        self, key: PRNGKeyArray, view: View, log_prob: Float[Array, " n"] | None
    ) -> Selection:
        """Keep what both stages keep."""
        key_owner, key_public = jax.random.split(key)
        owned = self.owner.select(key_owner, view, log_prob).index
        seen = View(
            view.x[owned],
            view.weights[owned],
            view.rewards[:, owned],
            view.groups[owned],
        )
        density = None if log_prob is None else log_prob[owned]
        chosen = self.public.select(key_public, seen, density)
        return Selection(owned[chosen.index], chosen.voter)

    def multiplier(self, view: View, probs: Any) -> Any:
        """Return the growth of every atom over both stages of an infinite pool."""
        owner = self.owner.multiplier(view, probs)
        return owner * self.public.multiplier(view, probs * owner)
