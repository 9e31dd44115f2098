"""Diversity inside the groups."""

from __future__ import annotations

import jax
import jax.numpy as jnp
from jaxtyping import Array, Float, PRNGKeyArray

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
        spread = within_groups(view, len(frame.group_names))
        return {"collapse/within_group_spread": spread}


def within_groups(view: View, n_groups: int) -> Float[Array, ""]:
    """Return the weighted mean squared distance to the mean of one's own group.

    Example:
        >>> x, ones = jnp.array([[0.0], [2.0], [9.0]]), jnp.ones(3)
        >>> view = View(x, ones, jnp.zeros((1, 3)), jnp.array([0, 0, 1]))
        >>> round(float(within_groups(view, 2)), 4)
        0.6667
    """
    # A product, not a scatter: several times faster on a CPU.
    member = jax.nn.one_hot(view.groups, n_groups, axis=0)
    share = member * view.weights[None]
    mass = share.sum(axis=1, keepdims=True)
    means = share @ view.x / jnp.where(mass > 0, mass, 1)
    square = ((view.x - means[view.groups]) ** 2).sum(axis=1)
    return view.weights @ square / view.weights.sum()
