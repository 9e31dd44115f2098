"""Kept samples mixed with the real data."""

from __future__ import annotations

import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float, PRNGKeyArray

from retrain_sim.base import Data, Pool, component


@component
class RealShare:
    """Train on a share s of real data and 1 - s of kept samples, by weights.

    The weights add up to the number of kept samples. Papers write lambda = (1 - s)/s,
    synthetic to real.

    Args:
        real_share: s in [0, 1].
    """

    real_share: float = 0.0

    def check(self):
        """Yield what is out of range."""
        if not 0 <= self.real_share <= 1:
            yield "real_share", f"must be between 0 and 1, got {self.real_share}"

    def init(self, key: PRNGKeyArray, real: Data, n_kept: int, n_rounds: int) -> Pool:
        """Carry nothing: the real data are always at hand."""
        return ()

    def mix(
        self, key: PRNGKeyArray, pool: Pool, kept: Data, real: Data
    ) -> tuple[Pool, Data]:
        """Return kept samples, weights times 1 - s, then the real data."""
        return pool, mixed(kept, real, self.real_share)

    def law(
        self, kept: Float[np.ndarray, "t n"], real: Float[np.ndarray, " n"], n_kept: int
    ) -> Float[np.ndarray, " n"]:
        """Return s p_real + (1 - s) p_kept."""
        share = float(self.real_share)
        return share * real + (1 - share) * kept[-1]


def mixed(kept: Data, other: Data, share: float | Array) -> Data:
    """Mix two sets of samples: of the kept samples' weight a share is the other's."""
    (x, w), (x_other, w_other) = kept, other
    w_other = share * w.sum() * w_other / w_other.sum()
    weights = jnp.concatenate([(1 - share) * w, w_other])
    return jnp.concatenate([x, x_other.astype(x.dtype)]), weights
