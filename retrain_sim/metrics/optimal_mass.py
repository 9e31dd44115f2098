"""How much of the mass is among the best outcomes."""

from __future__ import annotations

import dataclasses

import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, PRNGKeyArray

from retrain_sim.base import Frame, Rows, View, component, filled


@component
class OptimalMass:
    """Share of outcomes that a voter could not wish better: ``optimal/<reward>``.

    P(r_i(x) >= max r_i - eps), in [0, 1]. The maxima are over the atoms: outcomes that
    p_0 can produce, never all of space. With one reward, eps = 0 and ideal fits its
    negative logarithm is KL(p*|p_t), the distance to where curation alone ends: p_0
    restricted to the best outcomes.

    Args:
        eps: how far below its maximum a reward still counts as best, >= 0.
        peaks: the maxima; taken from the atoms.

    References:
        Ferbach, Bertrand, Bose, Gidel, "Self-Consuming Generative Models with Curated
        Data Provably Optimize Human Preferences", NeurIPS 2024, arXiv 2407.09499,
        Theorem 2.1; that the divergence is exactly this is derived here.
    """

    eps: float = 1e-3
    peaks: Array = filled()

    def check(self):
        """Yield what is out of range."""
        if not self.eps >= 0:
            yield "eps", f"must be at least 0, got {self.eps}"

    def prepare(self, kit) -> OptimalMass:
        """Take the maxima over the atoms."""
        return dataclasses.replace(self, peaks=np.asarray(kit.atom_rewards.max(axis=1)))

    def __call__(self, key: PRNGKeyArray, view: View, frame: Frame) -> Rows:
        """Measure the share, for every reward."""
        best = view.rewards >= (jnp.asarray(self.peaks) - self.eps)[:, None]
        shares = best @ view.weights / view.weights.sum()
        return {
            f"optimal/{name}": shares[i] for i, name in enumerate(frame.reward_names)
        }
