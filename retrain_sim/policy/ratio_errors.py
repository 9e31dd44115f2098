"""Errors put into the importance ratio on purpose, to find which of them matter.

The causal test behind arXiv 2603.11682, Theorem 3: is it the bias of a rounded ratio,
or its variance, and does it act through the gradient or through the clip?
"""

from __future__ import annotations

import jax
import jax.numpy as jnp
from jaxtyping import Array, Float

from retrain_sim.component import component, static
from retrain_sim.policy.precision import Float32
from retrain_sim.ranges import at_least


@component
class BiasedRatio(Float32):
    """Add bias (log pi)^2 to every log ratio: rare tokens first, as rounding does.

    Args:
        bias: per squared nat; positive pushes ratios up, finite.
        clip_only: whether only the clip sees it, and not the gradient.
    """

    bias: float = 0.0
    clip_only: bool = static(default=False)

    def check(self):
        """Yield what is out of range."""
        if not abs(float(self.bias)) < float("inf"):
            yield "bias", f"must be finite, got {self.bias}"

    def log_ratios(
        self, new: Float[Array, "p g t"], old: Float[Array, "p g t"]
    ) -> tuple[Float[Array, "p g t"], Float[Array, "p g t"]]:
        """Return the log ratio of the gradient, and the one that clips judge."""
        error = self.bias * jax.lax.stop_gradient(new) ** 2
        return _with_error(new - old, error, self.clip_only)


@component
class NoisyRatio(Float32):
    """Add noise of deviation scale |log pi| and mean zero to every log ratio.

    The noise is a fixed function of the bits of both log-probabilities and of the
    place, as rounding errors are; another epoch or rollout draws anew.

    Args:
        scale: deviation per nat of |log pi|, >= 0.
        clip_only: whether only the clip sees it, and not the gradient.
    """

    scale: float = 0.0
    clip_only: bool = static(default=False)

    def check(self):
        """Yield what is out of range."""
        yield from at_least(self, scale=0)

    def log_ratios(
        self, new: Float[Array, "p g t"], old: Float[Array, "p g t"]
    ) -> tuple[Float[Array, "p g t"], Float[Array, "p g t"]]:
        """Return the log ratio of the gradient, and the one that clips judge."""
        seen = jax.lax.stop_gradient(new)
        error = self.scale * jnp.abs(seen) * bit_noise(seen, old)
        return _with_error(new - old, error, self.clip_only)


def bit_noise(x: Float[Array, "*b"], y: Float[Array, "*b"]) -> Float[Array, "*b"]:
    """Turn the bits of two arrays into standard normal numbers, one per place.

    Args:
        x: float32 numbers [...].
        y: others of the same shape.

    Returns:
        Noise [...]; the same for the same numbers at the same place.

    Example:
        >>> noise = bit_noise(jnp.zeros(10_000), jnp.ones(10_000))
        >>> abs(noise.mean()) < 0.04, abs(noise.std() - 1) < 0.03
        (Array(True, dtype=bool), Array(True, dtype=bool))
    """
    bits = [jax.lax.bitcast_convert_type(z, jnp.uint32) for z in (x, y)]
    place = jnp.arange(x.size, dtype=jnp.uint32).reshape(x.shape)
    mixed = _scrambled(_scrambled(bits[0] ^ _scrambled(place + 1)) ^ bits[1])
    uniform = ((mixed >> 8).astype(jnp.float32) + 0.5) * 2.0**-24
    return jax.scipy.special.ndtri(uniform)


def _scrambled(bits: Array) -> Array:
    """Mix 32 bits (the finalizer of MurmurHash3, public domain)."""
    bits = (bits ^ (bits >> 16)) * jnp.uint32(0x85EBCA6B)
    bits = (bits ^ (bits >> 13)) * jnp.uint32(0xC2B2AE35)
    return bits ^ (bits >> 16)


def _with_error(gap: Array, error: Array, clip_only: bool) -> tuple[Array, Array]:
    return (gap if clip_only else gap + error), gap + error
