"""The sets where one reward is nearly at its best."""

from __future__ import annotations

import dataclasses

import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float, Int

from retrain_sim.base import component, filled, static


@component
class Basins:
    """S_i = {x : r_i(x) >= max r_i - eps}, the first that holds; the rest is outside.

    The maxima are over the atoms: outcomes that p_0 can produce, never all of space.

    Args:
        eps: how far below its maximum a reward still counts as best, >= 0.
        peaks: the maxima; taken from the atoms.
        names: ``basin-<reward>`` and ``outside``; taken from the rewards.

    References:
        Falahati et al., ICML 2026, arXiv 2605.07724, section 3.
    """

    eps: float = 0.1
    peaks: Array = filled()
    names: tuple[str, ...] = static(default=(), metadata={"setting": False})

    def check(self):
        """Yield what is out of range."""
        if not self.eps >= 0:
            yield "eps", f"must be at least 0, got {self.eps}"

    def prepare(self, kit) -> Basins:
        """Take the maxima over the atoms."""
        peaks = np.asarray(kit.atom_rewards.max(axis=1))
        names = (*(f"basin-{name}" for name in kit.reward_names), "outside")
        return dataclasses.replace(self, peaks=peaks, names=names)

    def __call__(self, x: Array, rewards: Float[Array, "m n"]) -> Int[Array, " n"]:
        """Label outcomes by their rewards ``[m, n]``."""
        inside = rewards >= (jnp.asarray(self.peaks) - self.eps)[:, None]
        first = jnp.argmax(inside, axis=0)
        return jnp.where(inside.any(axis=0), first, len(inside)).astype(jnp.int32)
