"""Flow matching on vectors and images."""

from __future__ import annotations

import dataclasses
from typing import Any

import jax
import jax.numpy as jnp
from jaxtyping import Array, Float, PRNGKeyArray

from retrain_sim.base import Params, component, static
from retrain_sim.models.coupling import COUPLINGS
from retrain_sim.models.fields import check_images, field_faults, field_of
from retrain_sim.models.neural import Neural, in_chunks, neural_faults, rows_at_once
from retrain_sim.models.solvers import SOLVERS, solve
from retrain_sim.ranges import at_least, positive


@component
class FlowMatching(Neural):
    """A flow x' = v(x, t) from N(0, I) at t = 0 to the data at t = 1.

    The velocity field minimizes E |v((1 - t) x_0 + t x_1, t) - (x_1 - x_0)|^2 over
    noise x_0, data x_1 and t uniform in [0, 1].

    Args:
        network: of the velocity: ``mlp`` for vectors; for images also ``unet``, or
            ``dit``, a transformer on patches (much faster on CPUs).
        hidden: widths of the perceptron's hidden layers.
        size: of the image networks: ``tiny`` (about 0.3 million parameters),
            ``small`` (1 million) or ``base`` (35 million).
        precision: of the network's arithmetic, ``float32`` or ``bfloat16``.
        initial_steps: optimizer steps of the fit to real data (p_0), and of every
            cold start.
        steps: optimizer steps of one warm retraining.
        batch: size of a mini-batch.
        initial_rate: learning rate of the fit to real data.
        rate: learning rate of a retraining.
        average: decay in [0, 1) of the moving average of the parameters that is
            kept; 0 keeps the last ones.
        warm: start a retraining from the last model (else afresh).
        coupling: of noise and data: ``independent``, or ``optimal-transport`` (exact,
            in every mini-batch; straighter paths, dearer steps).
        solver: ``heun``, ``midpoint``, ``euler``, or ``adaptive``.
        solver_steps: steps of the solver from t = 0 to 1 (the first step's inverse,
            if it is adaptive).
        tolerance: of the adaptive solver.
        chunk: images drawn at a time, at most: fewer need less memory.
        bound: samples are clipped to [-bound, bound] (1 for images).
        sampling_bias: lambda in (0, 1]; samples start from noise N(0, lambda I).
        image_shape: taken from the data.
        dim: d; taken from the data.

    References:
        Y. Lipman et al., "Flow Matching for Generative Modeling", ICLR 2023, arXiv
        2210.02747; A. Tong et al., TMLR 2024, arXiv 2302.00482 (both couplings, sigma
        = 0); S. Alemohammad et al., ICLR 2024, arXiv 2307.01850 (sampling bias).
    """

    network: str = static(default="mlp")
    hidden: tuple[int, ...] = static(default=(256, 256, 256))
    size: str = static(default="small")
    precision: str = static(default="float32")
    initial_steps: int = static(default=6000)
    steps: int = static(default=200)
    batch: int = static(default=256)
    initial_rate: float = 2e-3
    rate: float = 1e-3
    average: float = static(default=0.0)
    warm: bool = static(default=True)
    coupling: str = static(default="independent")
    solver: str = static(default="heun")
    solver_steps: int = static(default=20)
    tolerance: float = 1e-3
    chunk: int = static(default=1000)
    bound: float = float("inf")
    sampling_bias: float = 1.0
    image_shape: tuple[int, ...] = static(default=(), metadata={"setting": False})
    dim: int = static(default=0, metadata={"setting": False})

    def check(self):
        """Yield what is out of range."""
        yield from neural_faults(self)
        yield from field_faults(self)
        yield from at_least(self, solver_steps=1, chunk=1)
        yield from positive(self, "tolerance")
        if not self.bound > 0:
            yield "bound", f"must be positive, got {self.bound}"
        if self.solver not in SOLVERS:
            yield "solver", f"unknown {self.solver!r}; allowed: {', '.join(SOLVERS)}"
        if self.coupling not in COUPLINGS:
            allowed = ", ".join(sorted(COUPLINGS))
            yield "coupling", f"unknown {self.coupling!r}; allowed: {allowed}"

    def prepare(self, kit) -> FlowMatching:
        """Take the shape from the data."""
        kit.need("vectors", "model.kind", "flow-matching")
        check_images(self, kit)
        shape = tuple(kit.data.image_shape or ())
        return dataclasses.replace(self, dim=kit.data.x.shape[1], image_shape=shape)

    def sample(self, key: PRNGKeyArray, params: Params, n: int) -> Float[Array, "n d"]:
        """Follow the flow from n draws of noise."""

        def follow(noise: Array) -> Array:
            def velocity(x: Array, t: Array) -> Array:
                return self._velocity(params, x, jnp.full((len(x), 1), t))

            steps = self.solver_steps
            return solve(velocity, noise, self.solver, steps, self.tolerance)

        scale = jnp.sqrt(self.sampling_bias)
        noise = scale * jax.random.normal(key, (n, self.dim))
        found = in_chunks(follow, noise, rows_at_once(self, n))
        return jnp.clip(found, -self.bound, self.bound)

    def _begin(self, key: PRNGKeyArray, data: Float[Array, "n d"]) -> Params:
        return field_of(self).init(key, data[:1], jnp.zeros((1, 1)))

    def _examples(self, x_1: Float[Array, "b d"], keys: tuple) -> tuple[Array, ...]:
        """Draw points between noise and data, their times, and the way they go."""
        key_noise, key_time = keys
        noise = jax.random.normal(key_noise, x_1.shape)
        x_0 = COUPLINGS[self.coupling](noise, x_1)
        t = jax.random.uniform(key_time, (self.batch, 1))
        return (1 - t) * x_0 + t * x_1, t, x_1 - x_0

    def _error(self, params: Params, examples: tuple) -> Float[Array, ""]:
        x, t, way = examples
        return jnp.mean((self._velocity(params, x, t) - way) ** 2)

    def _velocity(self, params: Params, x: Array, t: Array) -> Any:
        return field_of(self).apply(params, x, t)
