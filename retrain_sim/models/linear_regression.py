"""Linear regression retrained on its own labels."""

from __future__ import annotations

import dataclasses

import jax
import jax.numpy as jnp
from jaxtyping import Array, Float, PRNGKeyArray

from retrain_sim.base import component, filled, static
from retrain_sim.least_squares import least_squares
from retrain_sim.ranges import at_least
from retrain_sim.sampling import standard_normal


@component
class LinearRegression:
    """Labels y = x . w + noise of given inputs, w fitted by weighted least squares.

    Outcomes are rows [x_1 .. x_d, y]. The model is measured on d probes, the rows
    (sqrt(d) e_j, sqrt(d) w_j): their mean squared error is the excess risk itself.

    Args:
        design: ``same``: the inputs are always those of the real training data, row by
            row (all of them when as many rows are drawn, repeated in order when more);
            ``fresh``: new inputs from N(0, I).
        noise: standard deviation sigma of the labels, >= 0.
        inputs: ``[n_real, d]``, of the real training data.

    References:
        Gerstgrasser et al., "Is Model Collapse Inevitable? Breaking the Curse of
        Recursion by Accumulating Real and Synthetic Data", 2024, arXiv 2404.01413.
    """

    design: str = static(default="same")
    noise: float = 1.0
    inputs: Array = filled()

    def check(self):
        """Yield what is out of range."""
        if self.design not in ("same", "fresh"):
            yield "design", f"unknown {self.design!r}; allowed: fresh, same"
        yield from at_least(self, noise=0)

    def prepare(self, kit) -> LinearRegression:
        """Take the inputs from the model's part of the data."""
        kit.need("vectors", "model.kind", "linear-regression")
        if kit.data.x.shape[1] < 2:
            kit.fail("model.kind", "linear-regression needs inputs and a label")
        return dataclasses.replace(self, inputs=kit.splits.model.x[:, :-1])

    def init(
        self, key: PRNGKeyArray, data: Float[Array, "n c"], weights: Float[Array, " n"]
    ) -> Float[Array, " d"]:
        """Fit p_0 to the real labels."""
        return self.fit(key, None, data, weights)

    def fit(
        self, key: PRNGKeyArray, params, data: Float[Array, "n c"], weights
    ) -> Float[Array, " d"]:
        """Return the coefficients ``[d]``; the shortest where several fit."""
        return least_squares(data, weights)

    def sample(
        self, key: PRNGKeyArray, params: Float[Array, " d"], n: int
    ) -> Float[Array, "n c"]:
        """Label n inputs."""
        key_design, key_noise = jax.random.split(key)
        if self.design == "same":
            inputs = jnp.asarray(self.inputs)
            x = inputs[jnp.arange(n) % len(inputs)]
        else:
            x = standard_normal(key_design, (n, len(params)))
        y = x @ params + self.noise * standard_normal(key_noise, (n,))
        return jnp.concatenate([x, y[:, None]], axis=1)

    def probe(
        self, params: Float[Array, " d"]
    ) -> tuple[Float[Array, "d c"], Float[Array, " d"]]:
        """Return the rows (sqrt(d) e_j, sqrt(d) w_j), without noise; weights 1/d."""
        d = len(params)
        rows = jnp.sqrt(float(d)) * jnp.concatenate(
            [jnp.eye(d), params[:, None]], axis=1
        )
        return rows, jnp.full(d, 1 / d)
