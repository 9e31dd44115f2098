"""W2 of laws on letters in their order: on a line sliced W2 is W2 itself."""

from __future__ import annotations

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float

from experiments.primer.driver import Distance

FLOOR_DRAWS = 64


def rank_w2(p: Float[Array, " n"], q: Float[Array, " n"]) -> Float[Array, ""]:
    """Return W2 of two laws on the letters 0 .. n - 1, quantile against quantile.

    Example:
        >>> float(rank_w2(jnp.array([1.0, 0.0, 0.0]), jnp.array([0.0, 0.0, 1.0])))
        2.0
    """
    ends = jnp.cumsum(p), jnp.cumsum(q)
    merged = jnp.sort(jnp.concatenate([jnp.zeros(1), *ends]).clip(0.0, 1.0))
    middles = (merged[1:] + merged[:-1]) / 2
    letters = [jnp.searchsorted(end, middles).clip(0, len(p) - 1) for end in ends]
    return jnp.sqrt((letters[0] - letters[1]) ** 2 @ jnp.diff(merged))


def to_law(
    law: Float[np.ndarray, " n"], far: Float[np.ndarray, " s"], size: int
) -> Distance:
    """Put a mean distance to a law beside that of samples of the law itself.

    Args:
        law: of the letters.
        far: distances of models to it, by seed.
        size: of the samples.

    Returns:
        The distance, in letters, with its floor.
    """
    rng = np.random.default_rng(0)
    drawn = rng.multinomial(size, law, FLOOR_DRAWS) / size
    floor = jax.vmap(rank_w2, (0, None))(
        jnp.asarray(drawn, jnp.float32), jnp.asarray(law, jnp.float32)
    )
    return Distance(float(np.mean(far)), float(floor.mean()))
