"""How evenly the mass is spread over the groups."""

from __future__ import annotations

import jax.numpy as jnp
from jax.scipy.special import xlogy
from jaxtyping import PRNGKeyArray

from retrain_sim.base import Frame, Rows, View, component
from retrain_sim.metrics.shares import group_shares


@component
class Diversity:
    """Diversity over groups: entropy, effective number, KL to uniform, groups kept.

    With group shares s over g groups: ``class_entropy`` H = -sum s log s in
    [0, log g] nats; ``effective_number`` exp(H); ``kl_to_uniform`` log g - H;
    ``heterozygosity`` 1 - sum s^2, the chance that two draws differ; ``groups_kept``
    groups with a share of at least ``kept_share``.

    On a sample of n outcomes the plug-in entropy is low by about (g - 1) / 2n and the
    heterozygosity by the factor 1 - 1/n. It does not see diversity inside a group.

    Args:
        kept_share: least share of a group that counts as kept, in (0, 1).
    """

    kept_share: float = 0.01

    def check(self):
        """Yield what is out of range."""
        if not 0 < self.kept_share < 1:
            yield "kept_share", f"must be between 0 and 1, got {self.kept_share}"

    def __call__(self, key: PRNGKeyArray, view: View, frame: Frame) -> Rows:
        """Measure the diversity of the groups."""
        shares = group_shares(view, len(frame.group_names))
        entropy = -xlogy(shares, shares).sum()
        kept = shares >= self.kept_share
        return {
            "collapse/class_entropy": entropy,
            "collapse/effective_number": jnp.exp(entropy),
            "collapse/kl_to_uniform": jnp.log(float(len(shares))) - entropy,
            "collapse/heterozygosity": 1 - (shares**2).sum(),
            "collapse/groups_kept": kept.sum().astype(shares.dtype),
        }
