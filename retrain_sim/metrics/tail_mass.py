"""Whether rare things are still made."""

from __future__ import annotations

import dataclasses

import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Bool, Float, PRNGKeyArray

from retrain_sim.base import Frame, Rows, Samples, View, component, filled

LEAST_VARIANCE = 1e-6
"""Share of the largest variance, coordinates scaled to one, that a direction needs."""


@component
class TailMass:
    """Mass in the region where the held-out real data have their tail.

    Of letters, the tail is the rarest ones by real probability, as many as it takes to
    have ``tail`` in all. Of vectors, it is what lies farther from the mean, by
    Mahalanobis distance, than all but a share ``tail`` of the held-out real samples;
    mean and covariance are those of the samples that p_0 was fitted to.
    ``tail/mass`` in [0, 1] is the share of outcomes there: about ``tail`` for the real
    law itself (more, where letters have large probabilities).

    The region comes from a sample of n: for vectors its true mass is ``tail`` give or
    take sqrt(tail / n), the same region in every round; given the region, the estimate
    is unbiased. It does not see which part of the tail is kept, nor rare regions
    between modes, nor directions in which the real data do not vary; junk far out
    counts as tail.

    Args:
        tail: share of the real data that is the tail, in (0, 1).
        rare: which letters are in it, filled in by ``prepare``.
        center: mean of the fitted samples, filled in by ``prepare``.
        whiten: W with W'W the inverse covariance, filled in by ``prepare``.
        bound: squared distance where the tail begins, filled in by ``prepare``.
    """

    tail: float = 0.05
    rare: Bool[Array, " g"] | None = filled()
    center: Float[Array, " d"] = filled()
    whiten: Float[Array, "r d"] = filled()
    bound: Float[Array, ""] = filled()

    def check(self):
        """Yield what is out of range."""
        if not 0 < self.tail < 1:
            yield "tail", f"must be between 0 and 1, got {self.tail}"

    def prepare(self, kit) -> TailMass:
        """Find the region in the held-out real data."""
        real, tail = kit.splits.reference, float(self.tail)
        if real.x.ndim == 1:
            return dataclasses.replace(self, rare=_rarest(real.x, real.weights, tail))
        # Not of the same samples: those are less far from their own mean than new ones.
        center, whiten = _whitening(np.asarray(kit.splits.model.x, np.float64))
        squares = ((real.x - center) @ whiten.T).astype(np.float32) ** 2
        bound = np.quantile(squares.sum(axis=1), 1 - tail, method="lower")
        region = {"center": center, "whiten": whiten, "bound": bound}
        return dataclasses.replace(
            self, **{name: np.asarray(a, np.float32) for name, a in region.items()}
        )

    def __call__(self, key: PRNGKeyArray, view: View, frame: Frame) -> Rows:
        """Measure the mass."""
        inside = self._in_tail(view.x)
        return {"tail/mass": view.weights @ inside / view.weights.sum()}

    def _in_tail(self, x: Samples) -> Bool[Array, " n"]:
        if self.rare is not None:
            return jnp.asarray(self.rare).at[x].get(mode="fill", fill_value=False)
        scores = (x - self.center[None]) @ self.whiten.T
        return (scores**2).sum(axis=1) > self.bound


def _rarest(x: np.ndarray, weights: np.ndarray, tail: float) -> np.ndarray:
    """Mark the rarest letters; of equally rare ones, the last."""
    probs = np.bincount(x, weights) / weights.sum()
    order = np.lexsort((-np.arange(len(probs)), probs))
    before = np.cumsum(probs[order]) - probs[order]
    rare = np.zeros(len(probs), bool)
    rare[order] = before < tail * (1 - 1e-6)  # 0.1 + 0.2 is 0.3
    return rare


def _whitening(x: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the mean, and W such that W (x - mean) has covariance 1."""
    center, sds = x.mean(axis=0), x.std(axis=0)
    scale = np.where(sds > 0, sds, 1)
    _, sizes, axes = np.linalg.svd((x - center) / scale, full_matrices=False)
    kept = sizes**2 > LEAST_VARIANCE * sizes.max() ** 2
    return center, np.sqrt(len(x)) * axes[kept] / sizes[kept, None] / scale
