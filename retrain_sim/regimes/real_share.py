"""Kept samples mixed with the real data."""

from __future__ import annotations

import jax.numpy as jnp
from jaxtyping import Array, Float, PRNGKeyArray

from retrain_sim.base import Pool, Samples, component


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

    def init(self, real: Samples, n_kept: int, n_rounds: int) -> Pool:
        """Carry nothing: the real data are always at hand."""
        return ()

    def mix(
        self,
        key: PRNGKeyArray,
        pool: Pool,
        curated: Samples,
        real: tuple[Samples, Float[Array, " n_real"]],
    ) -> tuple[Pool, Samples, Float[Array, " n_train"]]:
        """Return kept samples of weight 1 - s each, then the real data."""
        x_real, w_real = real
        w_kept = jnp.full(len(curated), 1 - self.real_share)
        w_real = self.real_share * len(curated) * w_real / w_real.sum()
        data = jnp.concatenate([curated, x_real.astype(curated.dtype)])
        return pool, data, jnp.concatenate([w_kept, w_real])
