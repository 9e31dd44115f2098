"""How many of the known modes are still there."""

from __future__ import annotations

import dataclasses

import jax.numpy as jnp
import numpy as np
import scipy.spatial.distance
from jaxtyping import Array, Float, PRNGKeyArray

from retrain_sim.base import Frame, Rows, View, component, filled
from retrain_sim.metrics.pairwise import each_row, square_distances


@component
class ModeCoverage:
    """Share of the modes that are held, and share of samples that are near a mode.

    A sample is near if it lies within ``radius`` of its nearest mode;
    ``coverage/nearby`` is their share. Of g modes, ``coverage/modes`` is the share of
    those that have at least ``kept_share / g`` of all samples near them.

    A mode of expected count below about 10 is lost and found again by chance on a
    sample, so ``coverage/modes`` is biased down where modes are thin. It does not see
    the shape of the mass around a mode: eight points, one per mode, score 1 twice.

    Args:
        kept_share: least share of a mode that counts as held, in units of the uniform
            share 1/g, > 0.
        radius: how far is near, in units of the data; 0: half the least distance
            between two modes (with a single mode, everything is near).
        modes: filled in by ``prepare``.

    References:
        Z. Lin, A. Khetan, G. Fanti, S. Oh, "PacGAN: The power of two samples in
        generative adversarial networks", NeurIPS 2018, arXiv 1712.04086, section 4.1.
    """

    kept_share: float = 0.1
    radius: float = 0.0
    modes: Float[Array, "g d"] = filled()

    def check(self):
        """Yield what is out of range."""
        if not self.kept_share > 0:
            yield "kept_share", f"must be positive, got {self.kept_share}"
        if not self.radius >= 0:
            yield "radius", f"must be at least 0, got {self.radius}"

    def prepare(self, kit) -> ModeCoverage:
        """Fill in the data's modes, and the radius; refuse data without modes."""
        modes = kit.data.modes
        if modes is None:
            kit.fail("metrics.names", "mode-coverage: the data name no modes")
        modes = np.asarray(modes, np.float32)
        gaps = scipy.spatial.distance.pdist(modes)
        radius = self.radius if self.radius > 0 else gaps.min(initial=np.inf) / 2
        radius = np.asarray(radius, np.float32)
        return dataclasses.replace(self, modes=modes, radius=radius)

    def __call__(self, key: PRNGKeyArray, view: View, frame: Frame) -> Rows:
        """Measure the coverage."""
        modes = jnp.asarray(self.modes)

        def nearest(point: Array) -> tuple[Array, Array]:
            square = square_distances(point, modes)
            return square.argmin(), square.min()

        mode, square = each_row(nearest, view.x)
        near = view.weights * (square <= self.radius**2)
        total = view.weights.sum()
        masses = jnp.zeros(len(modes), near.dtype).at[mode].add(near)
        held = masses * len(modes) >= self.kept_share * total
        return {"coverage/modes": held.mean(), "coverage/nearby": near.sum() / total}
