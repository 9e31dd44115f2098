"""The kept samples replace the training set."""

from __future__ import annotations

import jax.numpy as jnp
from jaxtyping import Array, Float, PRNGKeyArray

from retrain_sim.base import Pool, Samples, component


@component
class Replace:
    """Train on the kept samples alone."""

    def init(self, real: Samples, n_kept: int, n_rounds: int) -> Pool:
        """Carry nothing."""
        return ()

    def mix(
        self,
        key: PRNGKeyArray,
        pool: Pool,
        curated: Samples,
        real: tuple[Samples, Float[Array, " n_real"]],
    ) -> tuple[Pool, Samples, Float[Array, " n_kept"]]:
        """Return the kept samples, each of weight one."""
        return pool, curated, jnp.ones(len(curated))
