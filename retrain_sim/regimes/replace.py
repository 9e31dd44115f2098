"""The kept samples replace the training set."""

from __future__ import annotations

import numpy as np
from jaxtyping import Float, PRNGKeyArray

from retrain_sim.base import Data, Pool, component


@component
class Replace:
    """Train on the kept samples alone."""

    def init(self, key: PRNGKeyArray, real: Data, n_kept: int, n_rounds: int) -> Pool:
        """Carry nothing."""
        return ()

    def mix(
        self, key: PRNGKeyArray, pool: Pool, kept: Data, real: Data
    ) -> tuple[Pool, Data]:
        """Return the kept samples."""
        return pool, kept

    def law(
        self, kept: Float[np.ndarray, "t n"], real: Float[np.ndarray, " n"], n_kept: int
    ) -> Float[np.ndarray, " n"]:
        """Return the last law that was kept."""
        return kept[-1]
