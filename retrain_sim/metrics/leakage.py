"""Kept samples that please another voter more than the one who kept them."""

from __future__ import annotations

import jax.numpy as jnp
from jaxtyping import Array, Float

from retrain_sim.base import Frame, Rows, Selection, View, component


@component
class Leakage:
    """Share of kept samples that another voter's reward scores higher than its own's.

    ``selection/leakage`` in [0, 1], among the voters that kept anything this round;
    ties do not leak.

    References:
        The leakage proxy of Falahati et al., ICML 2026, arXiv 2605.07724.
    """

    def __call__(self, view: View, selection: Selection, frame: Frame) -> Rows:
        """Measure the leakage of one act of curation."""
        kept: Float[Array, "m n_kept"] = view.rewards[:, selection.index]
        own = kept[selection.voter, jnp.arange(len(selection.index))]
        voted = jnp.zeros(len(kept), bool).at[selection.voter].set(True)
        best = jnp.where(voted[:, None], kept, -jnp.inf).max(axis=0)
        return {"selection/leakage": (best > own).mean()}
