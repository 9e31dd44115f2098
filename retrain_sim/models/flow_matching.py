"""Flow matching on vectors."""

from __future__ import annotations

import dataclasses
from typing import Any

import jax
import jax.numpy as jnp
from jaxtyping import Array, Float, PRNGKeyArray

from retrain_sim.base import Params, component, static
from retrain_sim.models.coupling import COUPLINGS
from retrain_sim.models.networks import Velocity, train
from retrain_sim.rows import deal
from retrain_sim.sampling import bias_faults, cumulative_weights, weighted_index


@component
class FlowMatching:
    """A flow x' = v(x, t) from N(0, I) at t = 0 to the data at t = 1.

    The velocity field minimizes E |v((1 - t) x_0 + t x_1, t) - (x_1 - x_0)|^2 over
    noise x_0, data x_1 and t uniform in [0, 1].

    Args:
        hidden: widths of the perceptron's hidden layers.
        initial_steps: optimizer steps of the fit to real data (p_0), and of every
            cold start.
        steps: optimizer steps of one warm retraining.
        batch: size of a mini-batch.
        initial_rate: learning rate of the fit to real data.
        rate: learning rate of a retraining.
        warm: start a retraining from the last model (else afresh).
        coupling: of noise and data: ``independent``, or ``optimal-transport`` (exact,
            in every mini-batch; straighter paths, dearer steps).
        solver: ``heun`` or ``euler``.
        solver_steps: steps of the solver from t = 0 to 1.
        bound: samples are clipped to [-bound, bound] (1 for images).
        sampling_bias: lambda in (0, 1]; samples start from noise N(0, lambda I).
        dim: d; taken from the data.

    References:
        Y. Lipman et al., "Flow Matching for Generative Modeling", ICLR 2023, arXiv
        2210.02747; A. Tong et al., TMLR 2024, arXiv 2302.00482 (both couplings, sigma
        = 0); S. Alemohammad et al., ICLR 2024, arXiv 2307.01850 (sampling bias).
    """

    hidden: tuple[int, ...] = static(default=(256, 256, 256))
    initial_steps: int = static(default=6000)
    steps: int = static(default=200)
    batch: int = static(default=256)
    initial_rate: float = 2e-3
    rate: float = 1e-3
    warm: bool = static(default=True)
    coupling: str = static(default="independent")
    solver: str = static(default="heun")
    solver_steps: int = static(default=20)
    bound: float = float("inf")
    sampling_bias: float = 1.0
    dim: int = static(default=0, metadata={"setting": False})

    def check(self):
        """Yield what is out of range."""
        for name in ("initial_steps", "steps", "batch", "solver_steps"):
            if getattr(self, name) < 1:
                yield name, f"must be at least 1, got {getattr(self, name)}"
        for name in ("initial_rate", "rate", "bound"):
            if not getattr(self, name) > 0:
                yield name, f"must be positive, got {getattr(self, name)}"
        if not self.hidden or min(self.hidden) < 1:
            yield "hidden", f"needs positive widths, got {list(self.hidden)}"
        if self.solver not in ("euler", "heun"):
            yield "solver", f"unknown {self.solver!r}; allowed: euler, heun"
        if self.coupling not in COUPLINGS:
            allowed = ", ".join(sorted(COUPLINGS))
            yield "coupling", f"unknown {self.coupling!r}; allowed: {allowed}"
        yield from bias_faults(self.sampling_bias)

    def prepare(self, kit) -> FlowMatching:
        """Take the dimension from the data."""
        kit.need("vectors", "model.kind", "flow-matching")
        return dataclasses.replace(self, dim=kit.data.x.shape[1])

    def init(
        self, key: PRNGKeyArray, data: Float[Array, "n d"], weights: Float[Array, " n"]
    ) -> Params:
        """Train p_0 on real data, from random parameters."""
        key_init, key_fit = jax.random.split(key)
        start = Velocity(self.hidden).init(key_init, data[:1], jnp.zeros((1, 1)))
        longer = dataclasses.replace(
            self, steps=self.initial_steps, rate=self.initial_rate, warm=True
        )
        return longer.fit(key_fit, start, data, weights)

    def fit(
        self, key: PRNGKeyArray, params: Params, data: Float[Array, "n d"], weights
    ) -> Params:
        """Retrain on weighted data ``[n, d]``, from ``params`` or afresh."""
        if not self.warm:
            return self.init(key, data, weights)
        cumulative = cumulative_weights(weights)

        def loss(key: PRNGKeyArray, network: Any) -> Float[Array, ""]:
            key_data, key_noise, key_time = jax.random.split(key, 3)
            x_1 = deal(data[weighted_index(key_data, cumulative, self.batch)])
            noise = jax.random.normal(key_noise, x_1.shape)
            x_0 = COUPLINGS[self.coupling](noise, x_1)
            t = jax.random.uniform(key_time, (self.batch, 1))
            velocity = self._velocity(network, (1 - t) * x_0 + t * x_1, t)
            return jnp.mean((velocity - (x_1 - x_0)) ** 2)

        return train(key, params, loss, self.steps, self.rate)

    def sample(self, key: PRNGKeyArray, params: Params, n: int) -> Float[Array, "n d"]:
        """Follow the flow from n draws of noise."""
        h = 1 / self.solver_steps

        def velocity(x: Array, t: Array) -> Array:
            return self._velocity(params, x, jnp.full((n, 1), t))

        def euler(x: Array, i: Array) -> tuple[Array, None]:
            return x + h * velocity(x, i * h), None

        def heun(x: Array, i: Array) -> tuple[Array, None]:
            first = velocity(x, i * h)
            second = velocity(x + h * first, (i + 1) * h)
            return x + h / 2 * (first + second), None

        scale = jnp.sqrt(self.sampling_bias)
        noise = scale * jax.random.normal(key, (n, self.dim))
        step = {"euler": euler, "heun": heun}[self.solver]
        x, _ = jax.lax.scan(step, noise, jnp.arange(self.solver_steps))
        return jnp.clip(x, -self.bound, self.bound)

    def _velocity(self, params: Params, x: Array, t: Array) -> Any:
        return Velocity(self.hidden).apply(params, x, t)
