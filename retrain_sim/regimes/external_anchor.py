"""A share of samples from somewhere else."""

from __future__ import annotations

import dataclasses
from typing import Any

import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, PRNGKeyArray

from retrain_sim.base import Data, Pool, component, filled, part
from retrain_sim.regimes.real_share import mixed


@component
class ExternalAnchor:
    """Train on kept samples and a share of an external set, never retrained itself.

    Like ``real-share``, with an anchor that need not be the real data: another
    source, another model's samples.

    Args:
        anchor: a data kind with samples of the same shape.
        share: of the training weight, in [0, 1].
        x: the anchor's samples.
        weights: theirs.
    """

    anchor: Any = part("data")
    share: float = 0.1
    x: Array = filled()
    weights: Array = filled()

    def check(self):
        """Yield what is out of range."""
        if not 0 <= self.share <= 1:
            yield "share", f"must be between 0 and 1, got {self.share}"

    def prepare(self, kit) -> ExternalAnchor:
        """Load the anchor."""
        found = self.anchor.load(np.random.default_rng([kit.seed, 1]))
        if found.x.shape[1:] != kit.data.x.shape[1:]:
            shapes = f"samples {found.x.shape[1:]}, the data's {kit.data.x.shape[1:]}"
            kit.fail("regime.anchor", f"{shapes}: they must agree")
        return dataclasses.replace(self, x=found.x, weights=found.weights)

    def init(self, key: PRNGKeyArray, real: Data, n_kept: int, n_rounds: int) -> Pool:
        """Carry nothing: the anchor is always at hand."""
        return ()

    def mix(
        self, key: PRNGKeyArray, pool: Pool, kept: Data, real: Data
    ) -> tuple[Pool, Data]:
        """Return kept samples, weights times 1 - share, then the anchor."""
        anchor = (jnp.asarray(self.x), jnp.asarray(self.weights))
        return pool, mixed(kept, anchor, self.share)
