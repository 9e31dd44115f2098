"""A verifier between curation and training."""

from __future__ import annotations

import dataclasses
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float, PRNGKeyArray

from retrain_sim.base import Data, Pool, component, part
from retrain_sim.rewards.table import Table


@component
class VerifierFilter:
    """Any regime, fed only with kept samples that a verifier accepts.

    A sample is good if the verifier's score is at least the threshold. Good samples
    are accepted with probability phi, others with probability psi; what is rejected has
    weight zero. If all are rejected the run stops: it is not finite.

    Args:
        inner: the regime.
        verifier: a reward kind that scores the samples.
        threshold: least score of a good sample, finite.
        phi: chance that a good sample is accepted, in (0, 1].
        psi: chance that another is, in [0, 1].

    References:
        Y. Feng et al., "Beyond Model Collapse: Scaling Up with Synthesized Data
        Requires Verification", ICLR 2025, arXiv 2406.07515 (phi and psi).
    """

    inner: Any = part("regime")
    verifier: Any = part("reward")
    threshold: float = 0.0
    phi: float = 1.0
    psi: float = 0.0

    def check(self):
        """Yield what is out of range."""
        if not np.isfinite(self.threshold):
            yield "threshold", f"must be finite, got {self.threshold}"
        if not 0 < self.phi <= 1:
            yield "phi", f"must be in (0, 1], got {self.phi}"
        if not 0 <= self.psi <= 1:
            yield "psi", f"must be between 0 and 1, got {self.psi}"

    def prepare(self, kit) -> VerifierFilter:
        """Prepare the regime and the verifier."""

        def ready(made: Any) -> Any:
            return made.prepare(kit) if hasattr(made, "prepare") else made

        return dataclasses.replace(
            self, inner=ready(self.inner), verifier=ready(self.verifier)
        )

    def on_atoms(self, x: Array) -> VerifierFilter:
        """Look the verifier's scores up, where samples are indices of atoms."""
        inner = getattr(self.inner, "on_atoms", lambda x: self.inner)(x)
        scores = np.asarray(self.verifier(x), np.float32)
        table = dataclasses.replace(Table(()), values=scores)
        return dataclasses.replace(self, inner=inner, verifier=table)

    def init(self, key: PRNGKeyArray, real: Data, n_kept: int, n_rounds: int) -> Pool:
        """Begin as the inner regime does."""
        return self.inner.init(key, real, n_kept, n_rounds)

    def acceptance(self, x: Array) -> Float[Array, " n"]:
        """Return the chance that each sample is accepted."""
        return jnp.where(self.verifier(x) >= self.threshold, self.phi, self.psi)

    def mix(
        self, key: PRNGKeyArray, pool: Pool, kept: Data, real: Data
    ) -> tuple[Pool, Data]:
        """Take the rejected samples' weight away, then mix."""
        key_accept, key_mix = jax.random.split(key)
        x, weights = kept
        accepted = jax.random.uniform(key_accept, weights.shape) < self.acceptance(x)
        return self.inner.mix(key_mix, pool, (x, weights * accepted), real)
