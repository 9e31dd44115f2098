"""Exact laws of the loop on a fine grid of the plane, with the true density as p_0."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from jaxtyping import Float

from experiments.planes import WINDOWS
from retrain_sim.registry import build
from retrain_sim.spec import Spec, build_reward
from retrain_sim.theory import limit, population_trajectory


class Plane(NamedTuple):
    """The cells of a square grid: places, real probabilities, rewards.

    ``x`` [cells, 2], ``probs`` [cells], ``rewards`` [1, cells]; ``slate_size`` is the
    scenario's.
    """

    x: Float[np.ndarray, "cells 2"]
    probs: Float[np.ndarray, " cells"]
    rewards: Float[np.ndarray, "1 cells"]
    slate_size: float

    @property
    def best(self) -> np.ndarray:
        """Which cells are in the ball [cells]."""
        return self.rewards[0] == 0

    def mass(self, n_rounds: int, real_share: float = 0.0) -> Float[np.ndarray, " t"]:
        """Return the mass in the ball in rounds 0 .. n_rounds."""
        game = self.probs, self.rewards, [1.0], self.slate_size, n_rounds
        paths = population_trajectory(
            *game, real_probs=self.probs, real_share=real_share
        )
        return paths @ self.best

    def end(self, real_share: float) -> Float[np.ndarray, " cells"]:
        """Return where the loop ends: with no real data, p_0 within the ball."""
        if real_share == 0:
            inside = self.probs * self.best
            return inside / inside.sum()
        game = self.probs, self.rewards, [1.0], self.slate_size
        return limit(*game, real_probs=self.probs, real_share=real_share).probs


def plane_of(spec: Spec, data: str, side: int = 81) -> Plane:
    """Lay a grid of ``side`` by ``side`` cells over the window of a data set."""
    source = build("data", spec.values["data"], "data").load(np.random.default_rng(0))
    assert source.source is not None
    across, up = (np.linspace(*edges, side) for edges in WINDOWS[data])
    x = np.stack(np.meshgrid(across, up), axis=-1).reshape(-1, 2)
    density = source.source.density(x)
    reward = build_reward("ball", spec.values["reward"][0])
    scores = np.asarray(reward(x.astype(np.float32)), np.float64)
    slate_size = spec.values["curation"]["slate_size"]
    return Plane(x, density / density.sum(), scores[None], slate_size)
