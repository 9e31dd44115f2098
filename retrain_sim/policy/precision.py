"""Finite precision, stage by stage: where an importance ratio loses its digits.

Each stage from hidden states to the ratio is rounded on its own: matrix products,
logits, log-softmax, the ratio, the sampler's log-probabilities. Arithmetic inside a
stage is float32, as accelerators accumulate; only what a stage hands on is rounded.
"""

from __future__ import annotations

import jax
import jax.numpy as jnp
from jaxtyping import Array, Float

from retrain_sim.component import component, static
from retrain_sim.errors import nearest

FORMATS = ("float32", "bfloat16", "float16")


def rounded(x: Float[Array, "*b"], precision: str) -> Float[Array, "*b"]:
    """Round to the nearest number of a format, ties to even; float32 comes back.

    The derivative is that of the identity, so a rounded network can be trained.

    Args:
        x: float32 numbers [...].
        precision: float32, bfloat16 or float16 (which overflows above 65 504).

    Returns:
        The rounded numbers [...], still float32.

    Raises:
        ValueError: If the format is unknown.

    Example:
        >>> x = jnp.array([1.0, 1.004, 20.07])
        >>> rounded(x, "bfloat16").tolist()
        [1.0, 1.0078125, 20.125]
        >>> rounded(x, "float16").tolist()
        [1.0, 1.00390625, 20.0625]
    """
    if precision not in FORMATS:
        raise ValueError(f"precision is {precision!r}; {nearest(precision, FORMATS)}")
    if precision == "float32":
        return x
    return _bfloat16(x) if precision == "bfloat16" else _float16(x)


@jax.custom_jvp
def _bfloat16(x: Array) -> Array:
    # Kept in float32: XLA may keep more digits than a cast to bfloat16 and back asks.
    bits = jax.lax.bitcast_convert_type(x, jnp.uint32)
    half_up = jnp.uint32(0x7FFF) + ((bits >> 16) & 1)
    kept = (bits + half_up) & jnp.uint32(0xFFFF0000)
    made = jax.lax.bitcast_convert_type(kept, jnp.float32)
    return jnp.where(jnp.isnan(x), x, made)


@jax.custom_jvp
def _float16(x: Array) -> Array:
    return jax.lax.reduce_precision(x, exponent_bits=5, mantissa_bits=10)


@_bfloat16.defjvp
def _bfloat16_jvp(primals, tangents):
    return _bfloat16(primals[0]), tangents[0]


@_float16.defjvp
def _float16_jvp(primals, tangents):
    return _float16(primals[0]), tangents[0]


def matmul(
    a: Float[Array, "*b k"], b: Float[Array, "k n"], precision: str = "float32"
) -> Float[Array, "*b n"]:
    """Multiply matrices: factors and product rounded, sums in float32.

    Args:
        a: hidden states [..., k].
        b: a weight matrix [k, n].
        precision: of factors and product.

    Returns:
        The product [..., n].

    Raises:
        ValueError: If the format is unknown.

    Example:
        >>> matmul(jnp.array([[1.004]]), jnp.array([[3.0]]), "bfloat16").tolist()
        [[3.03125]]
    """
    product = rounded(a, precision) @ rounded(b, precision)
    return rounded(product, precision)


class Float32:
    """Log-probabilities in float32, and those of the sampler as they are."""

    def log_softmax(self, logits: Float[Array, "*b a"]) -> Float[Array, "*b a"]:
        """Normalize logits."""
        return jax.nn.log_softmax(logits)

    def old(self, log_probs: Float[Array, "p g t"]) -> Float[Array, "p g t"]:
        """Trust the sampler."""
        return log_probs


@component
class Precision:
    """Log-probabilities and ratios with every stage in a format of its own.

    Each is float32, bfloat16 or float16. (Matrix products are the policy's: see
    ``matmul``.)

    Args:
        logits: format of the logits, before the trainer normalizes them.
        log_probs: format of the trainer's log-probabilities.
        ratio: format of the difference of log-probabilities, and of its exponential.
        sampler: format of the log-probabilities that the sampler hands over.
    """

    logits: str = static(default="float32")
    log_probs: str = static(default="float32")
    ratio: str = static(default="float32")
    sampler: str = static(default="float32")

    def check(self):
        """Yield formats that do not exist."""
        for stage in ("logits", "log_probs", "ratio", "sampler"):
            if getattr(self, stage) not in FORMATS:
                yield stage, f"{nearest(getattr(self, stage), FORMATS)}"

    def log_softmax(self, logits: Float[Array, "*b a"]) -> Float[Array, "*b a"]:
        """Round logits, normalize in float32, round the result."""
        normalized = jax.nn.log_softmax(rounded(logits, self.logits))
        return rounded(normalized, self.log_probs)

    def old(self, log_probs: Float[Array, "p g t"]) -> Float[Array, "p g t"]:
        """Round what the sampler hands over."""
        return rounded(log_probs, self.sampler)

    def log_ratios(
        self, new: Float[Array, "p g t"], old: Float[Array, "p g t"]
    ) -> tuple[Float[Array, "p g t"], Float[Array, "p g t"]]:
        """Return the logarithm of the rounded ratio, for gradient and clip alike."""
        gap = rounded(new - old, self.ratio)
        if self.ratio == "float32":
            return gap, gap
        gap = jnp.log(rounded(jnp.exp(gap), self.ratio))
        return gap, gap
