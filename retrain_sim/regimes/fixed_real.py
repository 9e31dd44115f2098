"""The same real samples in every round."""

from __future__ import annotations

import dataclasses

import jax.numpy as jnp
import numpy as np
from jaxtyping import Float, PRNGKeyArray

from retrain_sim.base import Data, Pool, component, static
from retrain_sim.regimes.pools import real_samples, real_size


@component
class FixedReal:
    """Train on a fixed set of real samples beside the kept ones, each of weight one.

    The synthetic augmentation loop; n_real real to n_kept kept samples is a real share
    of n_real / (n_real + n_kept).

    Args:
        n_real: size of the set; 0 takes all there are (of a known law: as many as are
            kept).

    References:
        S. Alemohammad et al., "Self-Consuming Generative Models Go MAD", 2023, arXiv
        2307.01850. Q. Bertrand et al., ICLR 2024, arXiv 2310.00429.
    """

    n_real: int = static(default=0)
    exact: bool = static(default=False, metadata={"setting": False})

    def check(self):
        """Yield what is out of range."""
        if self.n_real < 0:
            yield "n_real", f"must be at least 0, got {self.n_real}"

    def prepare(self, kit) -> FixedReal:
        """Count the real data."""
        n_real, exact = real_size(self.n_real, kit, "regime.n_real")
        return dataclasses.replace(self, n_real=n_real, exact=exact)

    def init(self, key: PRNGKeyArray, real: Data, n_kept: int, n_rounds: int) -> Pool:
        """Choose the set."""
        return real_samples(key, real, self.n_real or n_kept, self.exact)

    def mix(
        self, key: PRNGKeyArray, pool: Pool, kept: Data, real: Data
    ) -> tuple[Pool, Data]:
        """Return the kept samples, then the set."""
        return pool, joined(kept, pool)

    def law(
        self, kept: Float[np.ndarray, "t n"], real: Float[np.ndarray, " n"], n_kept: int
    ) -> Float[np.ndarray, " n"]:
        """Return the mixture by sample sizes."""
        n_real = self.n_real or n_kept
        return (n_real * real + n_kept * kept[-1]) / (n_real + n_kept)


def joined(kept: Data, other: Data) -> Data:
    """Put two sets of samples together, weights as they are."""
    (x, w), (x_other, w_other) = kept, other
    x_other = x_other.astype(x.dtype)
    return jnp.concatenate([x, x_other]), jnp.concatenate([w, w_other])
