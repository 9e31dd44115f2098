"""A generator that is sampled with more quality than diversity."""

from __future__ import annotations

import dataclasses
from typing import Any

from jaxtyping import PRNGKeyArray

from retrain_sim.base import Data, Pool, component, part
from retrain_sim.errors import UserError


@component
class SamplingBias:
    """Any regime, with every generator's noise scaled down by a sampling bias.

    A Gaussian is then sampled from N(mean, bias x cov), a flow from N(0, bias x I); 1
    is no bias. Called lambda by MAD: no relation to a share of real data.

    Args:
        inner: the regime.
        sampling_bias: in (0, 1].

    References:
        S. Alemohammad et al., "Self-Consuming Generative Models Go MAD", 2023, arXiv
        2307.01850.
    """

    inner: Any = part("regime")
    sampling_bias: float = 1.0

    def check(self):
        """Yield what is out of range."""
        if not 0 < self.sampling_bias <= 1:
            yield "sampling_bias", f"must be in (0, 1], got {self.sampling_bias}"

    def prepare(self, kit) -> SamplingBias:
        """Prepare the inner regime."""
        prepare = getattr(self.inner, "prepare", None)
        return dataclasses.replace(self, inner=prepare(kit)) if prepare else self

    def generator(self, model: Any) -> Any:
        """Return the model as its samples are drawn."""
        if not hasattr(model, "sampling_bias"):
            name = type(model).__name__
            raise UserError(f"regime.kind: {name} has no noise to scale down")
        return dataclasses.replace(model, sampling_bias=self.sampling_bias)

    def init(self, key: PRNGKeyArray, real: Data, n_kept: int, n_rounds: int) -> Pool:
        """Begin as the inner regime does."""
        return self.inner.init(key, real, n_kept, n_rounds)

    def mix(
        self, key: PRNGKeyArray, pool: Pool, kept: Data, real: Data
    ) -> tuple[Pool, Data]:
        """Mix as the inner regime does."""
        return self.inner.mix(key, pool, kept, real)
