"""Only the latest rounds are remembered."""

from __future__ import annotations

import numpy as np
from jaxtyping import Float, PRNGKeyArray

from retrain_sim.base import Data, Pool, component, static
from retrain_sim.regimes.pools import Buffer, append, make_buffer


@component
class SlidingWindow:
    """Train on what the last rounds kept; in the first rounds, on all there is.

    Real data are seen by p_0 only. A window of 1 is ``replace``.

    Args:
        window: rounds that are remembered, from 1 to the number of rounds.
    """

    window: int = static(default=2)

    def check(self):
        """Yield what is out of range."""
        if self.window < 1:
            yield "window", f"must be at least 1, got {self.window}"

    def prepare(self, kit) -> SlidingWindow:
        """Refuse a window that never slides."""
        if self.window > kit.n_rounds:
            longer = f"{self.window} is longer than the run of {kit.n_rounds} rounds"
            kit.fail("regime.window", longer)
        return self

    def init(self, key: PRNGKeyArray, real: Data, n_kept: int, n_rounds: int) -> Pool:
        """Begin with room for one window, empty."""
        x, weights = real
        return make_buffer((x[:0], weights[:0]), self.window * n_kept)

    def mix(
        self, key: PRNGKeyArray, pool: Pool, kept: Data, real: Data
    ) -> tuple[Pool, Data]:
        """Write the kept samples over the oldest; return the window."""
        start = pool.filled % len(pool.x)
        pool = append(Buffer(pool.x, pool.weights, start), kept)
        return pool, (pool.x, pool.weights)

    def law(
        self, kept: Float[np.ndarray, "t n"], real: Float[np.ndarray, " n"], n_kept: int
    ) -> Float[np.ndarray, " n"]:
        """Return the average of the laws in the window."""
        return kept[-self.window :].mean(axis=0)
