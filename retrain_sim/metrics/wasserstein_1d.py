"""Distance of one coordinate to held-out real data."""

from __future__ import annotations

from jaxtyping import PRNGKeyArray

from retrain_sim.base import Frame, Rows, View, component, static
from retrain_sim.metrics.sliced_wasserstein import wasserstein_1d


@component
class Wasserstein1D:
    """Exact W1 distance of one coordinate to the reference (vectors only).

    ``distance/wasserstein_1d`` = integral |F - F_reference| >= 0, in units of the data.
    On samples it is biased up, by about 1/sqrt(n): it is not zero between two samples
    of one law. It does not see the other coordinates, nor how this one depends on
    them.

    Args:
        coordinate: which one, from 0.

    References:
        J. Bobkov, M. Ledoux, "One-Dimensional Empirical Measures, Order Statistics,
        and Kantorovich Transport Distances", Memoirs of the AMS 261, 2019.
    """

    coordinate: int = static(default=0)

    def check(self):
        """Yield what is out of range."""
        if self.coordinate < 0:
            yield "coordinate", f"must be at least 0, got {self.coordinate}"

    def prepare(self, kit) -> Wasserstein1D:
        """Refuse letters, and a coordinate that the data do not have."""
        kit.need("vectors", "metrics.names", "wasserstein-1d")
        d = kit.data.x.shape[1]
        if self.coordinate >= d:
            message = f"must be below {d}, the dimensions, got {self.coordinate}"
            kit.fail("metrics.wasserstein-1d.coordinate", message)
        return self

    def __call__(self, key: PRNGKeyArray, view: View, frame: Frame) -> Rows:
        """Measure the distance."""
        real, i = frame.reference, self.coordinate
        weights = (view.weights, real.weights)
        distance = wasserstein_1d(view.x[:, i], real.x[:, i], *weights)
        return {"distance/wasserstein_1d": distance}
