"""How much of the mass every group has."""

from __future__ import annotations

import jax.numpy as jnp
from jaxtyping import Array, Float, PRNGKeyArray

from retrain_sim.base import Frame, Rows, View, component


def group_shares(view: View, n_groups: int) -> Float[Array, " g"]:
    """Return the share of the weight that every group has, ``[g]``, summing to one."""
    masses = jnp.zeros(n_groups, view.weights.dtype).at[view.groups].add(view.weights)
    return masses / masses.sum()


@component
class Shares:
    """Share of every group: ``share/<group>`` in [0, 1]."""

    def __call__(self, key: PRNGKeyArray, view: View, frame: Frame) -> Rows:
        """Measure the shares."""
        shares = group_shares(view, len(frame.group_names))
        return {f"share/{name}": shares[i] for i, name in enumerate(frame.group_names)}
