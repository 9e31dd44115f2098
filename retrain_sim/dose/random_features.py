"""Random features: a linear learner on them is a kernel machine, nearly."""

from __future__ import annotations

import math
from typing import NamedTuple

import jax
import jax.numpy as jnp
from jaxtyping import Array, Float, PRNGKeyArray


class RandomFeatures(NamedTuple):
    """Cosines z(x) whose products approximate a Gaussian (RBF) kernel."""

    frequencies: Float[Array, "d features"]
    phases: Float[Array, " features"]

    def __call__(self, x: Float[Array, "n d"]) -> Float[Array, "n features"]:
        """Map every row: z_j(x) = sqrt(2 / m) cos(x . f_j + phase_j)."""
        angles = x @ self.frequencies + self.phases[None]
        return math.sqrt(2 / self.phases.size) * jnp.cos(angles)


def random_features(
    key: PRNGKeyArray, dim: int, n_features: int, length: float | Array
) -> RandomFeatures:
    """Draw features with E[z(x) . z(y)] = exp(-|x - y|^2 / (2 length^2)).

    Args:
        key: a PRNG key.
        dim: d, the inputs.
        n_features: m; the error of the kernel falls as 1 / sqrt(m).
        length: the kernel's length scale, > 0, in the units of the inputs.

    Returns:
        The map from inputs to features.

    References:
        A. Rahimi, B. Recht, "Random Features for Large-Scale Kernel Machines", NIPS
        2007, algorithm 1.

    Example:
        >>> features = random_features(jax.random.key(0), 2, 5000, 1.0)
        >>> z = features(jnp.array([[0.0, 0.0], [1.0, 0.0]]))
        >>> abs(float(z[0] @ z[1]) - math.exp(-0.5)) < 0.05
        True
    """
    key_frequency, key_phase = jax.random.split(key)
    frequencies = jax.random.normal(key_frequency, (dim, n_features)) / length
    phases = jax.random.uniform(key_phase, (n_features,), maxval=2 * math.pi)
    return RandomFeatures(frequencies, phases)
