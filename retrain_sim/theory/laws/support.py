"""Which letters are left, when fresh real data come in beside the model's own."""

from __future__ import annotations

import numpy as np
from jaxtyping import Float

from retrain_sim.theory.checks import check_count
from retrain_sim.theory.laws.hypotheses import assuming
from retrain_sim.theory.laws.rounds import rounds


@assuming(
    "a categorical model refitted to samples",
    "fresh real data every round",
    "nothing is curated",
    "rare letters: their counts are Poisson",
)
def support_survival(
    probs: Float[np.ndarray, " n"], n_fresh: int, n_synthetic: int, n_rounds: int
) -> Float[np.ndarray, " rows"]:
    """Predict the share of letters that a refitted categorical model still has.

    With a = n_fresh / n, n = n_fresh + n_synthetic, and Poisson counts,

        P(letter i is gone after t rounds) = exp(-n p_i (a (g_1 + .. + g_{t-1}) + g_t))
        g_1 = 1,  g_{t+1} = 1 - exp(-(1 - a) g_t)

    where round 1 trains on n samples of the real law itself, from which p_0 draws. At
    a = 0 it is exp(-n p_i g_t), of which the rate of collapse is known.

    Args:
        probs: the real law, which p_0 is, [n].
        n_fresh: fresh real samples per round, >= 0.
        n_synthetic: samples of the model per round, >= 0; one of both >= 1.
        n_rounds: T >= 0.

    Returns:
        Mean share of letters with a count at rounds 0 .. T, [T + 1].

    Raises:
        ValueError: If a size is outside these ranges.

    References:
        A. T. Suresh, A. Thangaraj, A. N. K. Khandavally, "Rate of Model Collapse in
        Recursive Training", 2024, arXiv 2412.17646 (g_t without fresh data). Derived
        here: with fresh data.

    Example:
        >>> support_survival(np.full(2, 0.5), 0, 10, 2).round(4)
        array([1.    , 0.9933, 0.9576])
    """
    fresh = check_count("n_fresh", n_fresh, minimum=0)
    synthetic = check_count("n_synthetic", n_synthetic, minimum=0)
    n = check_count("n_fresh + n_synthetic", fresh + synthetic, minimum=1)
    rate, kept, g, arrived = fresh / n, [1.0], 1.0, 0.0
    for _ in rounds(n_rounds)[1:]:
        kept.append(float(-np.expm1(-n * probs * (rate * arrived + g)).mean()))
        arrived += g
        g = float(-np.expm1(-(1 - rate) * g))
    return np.array(kept)
