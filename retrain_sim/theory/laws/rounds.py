"""Rounds 0 .. T."""

import numpy as np
from jaxtyping import Float

from retrain_sim.theory.checks import check_count


def rounds(n_rounds: int) -> Float[np.ndarray, " rows"]:
    """Return 0.0, 1.0, ..., T [n_rounds + 1], or raise ValueError."""
    return np.arange(check_count("n_rounds", n_rounds, minimum=0) + 1.0)
