"""What a synthetic digit is worth in real ones, of a good and of a poor generator."""

from __future__ import annotations

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float, PRNGKeyArray

from experiments.dose_curve.generators import ClassGaussians
from experiments.dose_curve.images import pooled_errors
from experiments.primer import digits

N_REAL, N_TEST, STEP = 100, 700, 50
RATIOS = (0.0, 1.0, 4.0, 8.0)
GENERATORS = {
    "Gaussians of 800": ClassGaussians(800, 64),
    "PCA rank 5 of 60": ClassGaussians(60, 5),
}


def sizes(n_real: int, ratios: tuple[float, ...], step: int) -> np.ndarray:
    """List sizes at every ratio: as they are, with more real, with more synthetic."""
    more = ((0, 0), (step, 0), (0, step))
    found = [(n_real + a, round(r * n_real) + b) for r in ratios for a, b in more]
    return np.array(found, np.int32)


def saved(
    errors: Float[np.ndarray, "*b k"],
) -> dict[str, Float[np.ndarray, "*b ratio"]]:
    """Turn errors at ``sizes`` into the error, and what either kind of points saves."""
    table = errors.reshape(*errors.shape[:-1], -1, 3)
    now = table[..., 0]
    off = now[..., None] - table[..., 1:]
    return {
        "error": now,
        "off by real": off[..., 0],
        "off by synthetic": off[..., 1],
    }


def measure(key: PRNGKeyArray) -> Float[Array, "g k"]:
    """Measure both generators on one random split of the digits."""
    key_split, key_draw = jax.random.split(key)
    real, rest = digits.split(key_split, N_REAL + STEP)
    test, others = rest.at(slice(N_TEST)), rest.at(slice(N_TEST, None))
    table = sizes(N_REAL, RATIOS, STEP)
    n_made = int(table[:, 1].max())
    return jnp.stack([
        pooled_errors(real, draw(key_draw, others, n_made), test, jnp.asarray(table))
        for draw in GENERATORS.values()
    ])  # fmt: skip
