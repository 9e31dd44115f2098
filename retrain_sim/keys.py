"""Random keys by use: no two uses of a seed share random numbers."""

import zlib

import jax
from jaxtyping import Array, PRNGKeyArray

from retrain_sim.threefry import make_key


def key_for(use: str, seed: int | Array) -> PRNGKeyArray:
    """Derive the key of one use, such as ``"p_0"`` or ``"rounds"``, from a seed.

    Args:
        use: a name; another name gives independent random numbers.
        seed: an integer in [0, 2^32), may be traced.

    Returns:
        The key.

    Example:
        >>> bool((key_for("p_0", 0) == key_for("rounds", 0)).any())
        False
    """
    return jax.random.fold_in(make_key(seed), zlib.crc32(use.encode()))
