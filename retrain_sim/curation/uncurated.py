"""No curation: keep whatever comes first."""

from __future__ import annotations

import dataclasses

import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float, PRNGKeyArray

from retrain_sim.base import Selection, View, component, static


@component
class Uncurated:
    """Keep the first ``n_kept`` candidates: i.i.d. samples of the model.

    Args:
        n_kept: samples kept each round, >= 1.
        n_candidates: candidates drawn each round; by default ``n_kept``.
    """

    n_kept: int = static(default=500)
    n_candidates: int = static(default=0)

    def check(self):
        """Yield what is out of range."""
        if self.n_kept < 1:
            yield "n_kept", f"must be at least 1, got {self.n_kept}"
        if self.n_candidates and self.n_candidates < self.n_kept:
            yield "n_candidates", f"must be at least n_kept = {self.n_kept}"

    def prepare(self, kit) -> Uncurated:
        """Draw as many candidates as are kept, unless told otherwise."""
        return dataclasses.replace(self, n_candidates=self.n_candidates or self.n_kept)

    def select(
        self, key: PRNGKeyArray, view: View, log_prob: Float[Array, " n"] | None
    ) -> Selection:
        """Keep the first ``n_kept`` candidates; voter 0 stands for nobody."""
        index = jnp.arange(self.n_kept)
        return Selection(index, jnp.zeros_like(index))

    def multiplier(
        self, view: View, probs: Float[np.ndarray, " n"]
    ) -> Float[np.ndarray, " n"]:
        """Return one: nothing grows."""
        return np.ones_like(probs)
