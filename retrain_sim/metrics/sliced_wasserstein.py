"""Distance to held-out real data."""

from __future__ import annotations

import jax
import jax.numpy as jnp
from jaxtyping import Array, Float, PRNGKeyArray

from retrain_sim.base import Frame, Rows, View, component, static


def wasserstein_1d(
    x: Float[Array, " n"],
    y: Float[Array, " q"],
    weights_x: Float[Array, " n"],
    weights_y: Float[Array, " q"],
) -> Float[Array, ""]:
    """Return the exact W1 distance between two weighted samples on a line.

    W1 = integral |F_x - F_y|.

    Example:
        >>> import jax.numpy as jnp
        >>> x, y, w = jnp.array([0.0, 1.0]), jnp.array([2.0, 3.0]), jnp.ones(2)
        >>> float(wasserstein_1d(x, y, w, w))
        2.0
    """
    values = jnp.concatenate([x, y])
    order = jnp.argsort(values)
    steps = [weights_x / weights_x.sum(), -weights_y / weights_y.sum()]
    gap = jnp.cumsum(jnp.concatenate(steps)[order])[:-1]
    return jnp.abs(gap) @ jnp.diff(values[order])


@component
class SlicedWasserstein:
    """Mean W1 distance to the reference over random directions (vectors only).

    ``quality/sliced_wasserstein`` >= 0, in units of the data. On samples it is biased
    up; compare it with the same distance between two halves of the real data, which
    is reported as the real-vs-real floor.

    Args:
        directions: number of random directions; in one dimension a single one is exact.

    References:
        N. Bonneel et al., "Sliced and Radon Wasserstein Barycenters of Measures",
        J. Math. Imaging Vis. 51, 2015.
    """

    directions: int = static(default=32)

    def check(self):
        """Yield what is out of range."""
        if self.directions < 1:
            yield "directions", f"must be at least 1, got {self.directions}"

    def prepare(self, kit) -> SlicedWasserstein:
        """Refuse letters."""
        kit.need("vectors", "metrics.names", "sliced-wasserstein")
        return self

    def __call__(self, key: PRNGKeyArray, view: View, frame: Frame) -> Rows:
        """Measure the distance, in directions that are the same in every round."""
        d = view.x.shape[1]
        n = self.directions if d > 1 else 1
        # One fixed set of directions: rounds and arms are compared on equal terms.
        across = jax.random.normal(jax.random.key(0), (n, d), view.x.dtype)
        across = across / jnp.linalg.norm(across, axis=1, keepdims=True)
        real = frame.reference
        weights = (view.weights, real.weights.astype(view.weights.dtype))
        distances = jax.lax.map(
            lambda u: wasserstein_1d(view.x @ u, real.x @ u, *weights), across
        )
        return {"quality/sliced_wasserstein": distances.mean()}
