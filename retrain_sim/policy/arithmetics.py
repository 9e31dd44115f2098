"""In which precision log-probabilities and ratios are computed."""

from __future__ import annotations

from jaxtyping import Array, Float

from retrain_sim.component import component
from retrain_sim.policy.precision import Float32, Precision
from retrain_sim.policy.ratio_errors import BiasedRatio, NoisyRatio


@component
class Exact(Float32):
    """Compute everything in float32, as the rest of the package does."""

    def log_ratios(
        self, new: Float[Array, "p g t"], old: Float[Array, "p g t"]
    ) -> tuple[Float[Array, "p g t"], Float[Array, "p g t"]]:
        """Judge clips by the ratio that is differentiated."""
        return new - old, new - old


KINDS = {
    "biased-ratio": BiasedRatio,
    "exact": Exact,
    "noisy-ratio": NoisyRatio,
    "precision": Precision,
}

__all__ = ["KINDS", "BiasedRatio", "Exact", "NoisyRatio", "Precision"]
