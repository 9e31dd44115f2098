"""Diversity inside the groups."""

from __future__ import annotations

import jax.numpy as jnp
from jaxtyping import PRNGKeyArray

from retrain_sim.base import Frame, Rows, View, component


@component
class Spread:
    """Mean squared distance to the mean of one's own group (vectors only).

    ``collapse/within_group_spread`` = sum_g s_g trace Cov(x | group g), in squared
    units of the data; with one group it is the total variance. The plug-in estimate
    is low by about g/n. It does not see how many groups are left, and a group that is
    broad but hollow has the same spread as a full one.
    """

    def prepare(self, kit) -> Spread:
        """Refuse letters."""
        kit.need("vectors", "metrics.names", "spread")
        return self

    def __call__(self, key: PRNGKeyArray, view: View, frame: Frame) -> Rows:
        """Measure the spread."""
        n_groups, w = len(frame.group_names), view.weights[:, None]
        zeros = jnp.zeros((n_groups, 1), w.dtype)
        mass = zeros.at[view.groups].add(w)
        total = jnp.zeros((n_groups, view.x.shape[1]), w.dtype)
        total = total.at[view.groups].add(w * view.x)
        means = total / jnp.where(mass > 0, mass, 1)
        square = ((view.x - means[view.groups]) ** 2).sum(axis=1)
        spread = view.weights @ square / view.weights.sum()
        return {"collapse/within_group_spread": spread}
