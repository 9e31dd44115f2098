"""Neural network modules, pure ``init`` and ``apply``."""

from __future__ import annotations

import jax.numpy as jnp
from flax import linen as nn
from jaxtyping import Array, Float

FREQUENCIES = 8
PRECISIONS = {"bfloat16": jnp.bfloat16, "float32": jnp.float32}
"""Of a network's arithmetic; its parameters and its outputs are float32 always."""


class Perceptron(nn.Module):
    """A multilayer perceptron with SiLU between its layers.

    Args:
        widths: the hidden layers' widths, then the output's.
        precision: a key of ``PRECISIONS``.
    """

    widths: tuple[int, ...]
    precision: str = "float32"

    @nn.compact
    def __call__(self, x: Float[Array, "n d"]) -> Float[Array, "n out"]:
        """Map ``[n, d]`` to ``[n, widths[-1]]``."""
        dtype = PRECISIONS[self.precision]
        for width in self.widths[:-1]:
            x = nn.silu(nn.Dense(width, dtype=dtype)(x))
        return nn.Dense(self.widths[-1], dtype=dtype)(x).astype(jnp.float32)


class Velocity(nn.Module):
    """A velocity field v(x, t): a perceptron on x and Fourier features of t.

    Args:
        hidden: the hidden layers' widths.
        precision: a key of ``PRECISIONS``.
    """

    hidden: tuple[int, ...]
    precision: str = "float32"

    @nn.compact
    def __call__(
        self, x: Float[Array, "n d"], t: Float[Array, "n 1"]
    ) -> Float[Array, "n d"]:
        """Map positions ``[n, d]`` and times ``[n, 1]`` in [0, 1] to velocities."""
        angles = jnp.pi * t * jnp.arange(1, FREQUENCIES + 1)[None]
        features = jnp.concatenate([x, jnp.sin(angles), jnp.cos(angles)], axis=1)
        return Perceptron((*self.hidden, x.shape[1]), self.precision)(features)
