"""Denoising diffusion on vectors and images."""

from __future__ import annotations

import dataclasses
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float, PRNGKeyArray

from retrain_sim.base import Params, component, static
from retrain_sim.models.fields import check_images, field_faults, field_of
from retrain_sim.models.neural import Neural, in_chunks, neural_faults, rows_at_once
from retrain_sim.models.noise_schedules import SCHEDULES, signal_levels
from retrain_sim.ranges import at_least

TARGETS = ("noise", "velocity")


@component
class Diffusion(Neural):
    """A denoiser of data under growing Gaussian noise (DDPM), sampled by DDIM.

    With a_s the share of signal at level s of ``levels``, data become x_s = sqrt(a_s)
    x + sqrt(1 - a_s) e. The network predicts the noise e, or v = sqrt(a_s) e -
    sqrt(1 - a_s) x, by least squares at levels drawn uniformly.

    Args:
        network: of the denoiser: ``mlp`` for vectors; for images also ``unet``, or
            ``dit``, a transformer on patches (much faster on CPUs).
        hidden: widths of the perceptron's hidden layers.
        size: of the image networks: ``tiny`` (about 0.3 million parameters),
            ``small`` (1 million) or ``base`` (35 million).
        precision: of the network's arithmetic, ``float32`` or ``bfloat16``.
        target: what the network predicts: ``noise`` or ``velocity``.
        schedule: of the noise: ``linear`` or ``cosine``.
        levels: of noise, >= 2.
        initial_steps: optimizer steps of the fit to real data (p_0), and of every
            cold start.
        steps: optimizer steps of one warm retraining.
        batch: size of a mini-batch.
        initial_rate: learning rate of the fit to real data.
        rate: learning rate of a retraining.
        average: decay in [0, 1) of the moving average of the parameters that is
            kept; 0 keeps the last ones.
        warm: start a retraining from the last model (else afresh).
        solver_steps: levels that the sampler visits, at most ``levels``.
        eta: noise that the sampler adds, in [0, 1]: 0 is DDIM, 1 is DDPM.
        chunk: images drawn at a time, at most: fewer need less memory.
        bound: samples, and guesses of them, are clipped to [-bound, bound] (1 for
            images).
        sampling_bias: lambda in (0, 1]; samples start from noise N(0, lambda I).
        image_shape: taken from the data.
        dim: d; taken from the data.

    References:
        J. Ho, A. Jain, P. Abbeel, NeurIPS 2020, arXiv 2006.11239, equations 4 and 14;
        J. Song, C. Meng, S. Ermon, ICLR 2021, arXiv 2010.02502, equations 12 and 16;
        T. Salimans, J. Ho, ICLR 2022, arXiv 2202.00512 (velocity).
    """

    network: str = static(default="mlp")
    hidden: tuple[int, ...] = static(default=(256, 256, 256))
    size: str = static(default="small")
    precision: str = static(default="float32")
    target: str = static(default="noise")
    schedule: str = static(default="linear")
    levels: int = static(default=1000)
    initial_steps: int = static(default=6000)
    steps: int = static(default=200)
    batch: int = static(default=256)
    initial_rate: float = 2e-3
    rate: float = 1e-3
    average: float = static(default=0.0)
    warm: bool = static(default=True)
    solver_steps: int = static(default=50)
    eta: float = 0.0
    chunk: int = static(default=1000)
    bound: float = float("inf")
    sampling_bias: float = 1.0
    image_shape: tuple[int, ...] = static(default=(), metadata={"setting": False})
    dim: int = static(default=0, metadata={"setting": False})

    def check(self):
        """Yield what is out of range."""
        yield from neural_faults(self)
        yield from field_faults(self)
        yield from at_least(self, levels=2, solver_steps=1, chunk=1)
        for name, allowed in (("target", TARGETS), ("schedule", tuple(SCHEDULES))):
            found = getattr(self, name)
            if found not in allowed:
                yield name, f"unknown {found!r}; allowed: {', '.join(allowed)}"
        if self.solver_steps > self.levels:
            yield "solver_steps", f"{self.solver_steps} of only {self.levels} levels"
        if not 0 <= self.eta <= 1:
            yield "eta", f"must be in [0, 1], got {self.eta}"
        if not self.bound > 0:
            yield "bound", f"must be positive, got {self.bound}"

    def prepare(self, kit) -> Diffusion:
        """Take the shape from the data."""
        kit.need("vectors", "model.kind", "diffusion")
        check_images(self, kit)
        shape = tuple(kit.data.image_shape or ())
        return dataclasses.replace(self, dim=kit.data.x.shape[1], image_shape=shape)

    def sample(self, key: PRNGKeyArray, params: Params, n: int) -> Float[Array, "n d"]:
        """Remove the noise from n draws of noise, level by level."""
        key_start, key_steps = jax.random.split(key)
        scale = jnp.sqrt(self.sampling_bias)
        start = scale * jax.random.normal(key_start, (n, self.dim))
        visited = np.linspace(self.levels, 0, self.solver_steps + 1).round().astype(int)
        signal = jnp.asarray(signal_levels(self.schedule, self.levels)[visited])
        times = jnp.asarray(visited / self.levels, jnp.float32)
        keys = jax.random.split(key_steps, self.solver_steps)

        def step(x: Array, at: tuple) -> tuple[Array, None]:
            key, t, now, later = at
            fresh = jax.random.normal(key, x.shape)

            def denoise(x: Array) -> Array:
                return self._predict(params, x, jnp.full((len(x), 1), t))

            predicted = in_chunks(denoise, x, rows_at_once(self, n))
            return self._step(x, predicted, fresh, now, later), None

        path = keys, times[:-1], signal[:-1], signal[1:]
        return jax.lax.scan(step, start, path)[0]

    def _step(
        self, x: Array, predicted: Array, fresh: Array, now: Array, later: Array
    ) -> Array:
        """Go from one share of signal to a greater one (arXiv 2010.02502, eq. 12)."""
        if self.target == "noise":
            guess = (x - jnp.sqrt(1 - now) * predicted) / jnp.sqrt(now)
        else:
            guess = jnp.sqrt(now) * x - jnp.sqrt(1 - now) * predicted
        guess = jnp.clip(guess, -self.bound, self.bound)
        noise = (x - jnp.sqrt(now) * guess) / jnp.sqrt(1 - now)
        added = self.eta**2 * (1 - later) / (1 - now) * (1 - now / later)
        kept = jnp.sqrt(jnp.maximum(1 - later - added, 0))
        return jnp.sqrt(later) * guess + kept * noise + jnp.sqrt(added) * fresh

    def _begin(self, key: PRNGKeyArray, data: Float[Array, "n d"]) -> Params:
        return field_of(self).init(key, data[:1], jnp.zeros((1, 1)))

    def _examples(self, x: Float[Array, "b d"], keys: tuple) -> tuple[Array, ...]:
        """Draw noisy samples, their levels from 0 to 1, and what to predict of them."""
        key_noise, key_level = keys
        level = jax.random.randint(key_level, (self.batch, 1), 1, self.levels + 1)
        signal = jnp.asarray(signal_levels(self.schedule, self.levels))[level]
        noise = jax.random.normal(key_noise, x.shape)
        noisy = jnp.sqrt(signal) * x + jnp.sqrt(1 - signal) * noise
        velocity = jnp.sqrt(signal) * noise - jnp.sqrt(1 - signal) * x
        target = noise if self.target == "noise" else velocity
        return noisy, level / self.levels, target

    def _error(self, params: Params, examples: tuple) -> Float[Array, ""]:
        noisy, level, target = examples
        return jnp.mean((self._predict(params, noisy, level) - target) ** 2)

    def _predict(self, params: Params, x: Array, t: Array) -> Any:
        return field_of(self).apply(params, x, t)
