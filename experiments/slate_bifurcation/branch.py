"""The interior fixed points of two types, as a curve."""

from __future__ import annotations

import numpy as np
from jaxtyping import Float

from retrain_sim.theory import two_plateau_round


def branch(
    a: Float[np.ndarray, " n"], slate_size: float, leakage: float
) -> Float[np.ndarray, " n"]:
    """Return the weight q at which each share is a fixed point.

    The round is linear in q: f(a) = q A(a) + (1 - q) B(a) with A and B the rounds of
    one voter alone. So the branch is explicit, q = (a - B) / (A - B), and no search can
    miss a part of it. A fixed point attracts where the curve rises (derived here).

    Args:
        a: shares of type 1, in (0, 1) [n].
        slate_size: K >= 2 or inf.
        leakage: k, the same for both voters.

    Returns:
        q [n], within [0, 1] where the fixed point exists.

    Example:
        >>> branch(np.array([0.2, 0.5]), 3, 0.0).round(4).tolist()
        [0.4, 0.5]
    """
    alone = [two_plateau_round(a, q, slate_size, leakage, leakage) for q in (1.0, 0.0)]
    return (a - alone[1]) / (alone[0] - alone[1])
