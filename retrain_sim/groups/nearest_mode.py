"""The nearest of some centers."""

from __future__ import annotations

import dataclasses

import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float, Int

from retrain_sim.base import component, static


@component
class NearestMode:
    """The nearest of some centers, by Euclidean distance.

    Args:
        centers: ``[g][d]`` coordinates; by default the modes that the data kind knows.
        names: one per center; by default those of the data.
    """

    centers: tuple[tuple[float, ...], ...] = ()
    names: tuple[str, ...] = static(default=())

    def check(self):
        """Yield what is out of range."""
        if self.names and len(self.names) != len(self.centers):
            yield "names", f"{len(self.names)} names for {len(self.centers)} centers"

    def prepare(self, kit) -> NearestMode:
        """Fill in the data's own modes."""
        given = len(self.centers) > 0
        centers = self.centers if given else kit.data.modes
        if centers is None or kit.data.outcomes != "vectors":
            kit.fail("groups.centers", "the data name no modes: give the centers")
        if np.shape(centers)[1:] != kit.data.x.shape[1:]:
            kit.fail(
                "groups.centers", f"shape {np.shape(centers)} does not fit the data"
            )
        numbers = tuple(f"mode-{i}" for i in range(len(centers)))
        names = self.names or (numbers if given else kit.data.names)
        centers = np.asarray(centers, np.float32)
        return dataclasses.replace(self, centers=centers, names=names)

    def __call__(self, x: Float[Array, "n d"], rewards: Array) -> Int[Array, " n"]:
        """Label vectors ``[n, d]``."""
        centers = jnp.asarray(self.centers)
        square = (centers**2).sum(axis=1)[None] - 2 * x @ centers.T
        return square.argmin(axis=1).astype(jnp.int32)
