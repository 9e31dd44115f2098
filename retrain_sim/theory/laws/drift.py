"""Sampling drift of a categorical model.

"E" is the mean over runs. `n_kept` samples are drawn from the model each round, and the
next model is fitted to them alone by maximum likelihood.
"""

import math

import numpy as np
from jaxtyping import Float

from retrain_sim.theory.checks import check_count, check_number
from retrain_sim.theory.laws.hypotheses import assuming
from retrain_sim.theory.laws.rounds import rounds


@assuming("replaced data", "nothing is curated, or all rewards are equal")
def neutral_heterozygosity(
    initial: int | float,
    n_kept: int,
    n_rounds: int,
    n_candidates: int | float = math.inf,
) -> Float[np.ndarray, " rows"]:
    """Predict the diversity of a categorical model under sampling drift alone.

        E[1 - sum_x p_t(x)^2] = (1 - sum_x p_0(x)^2) ((1 - 1/n) (1 - 1/n_kept))^t

    Args:
        initial: 1 - sum p_0^2, the chance that two samples differ, in [0, 1].
        n_kept: Samples kept per round, drawn with replacement, >= 1.
        n_rounds: T >= 0.
        n_candidates: n, the pool the kept samples come from; inf: from the model.

    Returns:
        Rounds 0..T [n_rounds + 1].

    Raises:
        ValueError: If an argument is outside these ranges.

    References:
        S. Wright, "Evolution in Mendelian Populations", Genetics 1931. Derived here:
        the factor of the pool.

    Example:
        >>> neutral_heterozygosity(0.5, n_kept=10, n_rounds=2).round(4)
        array([0.5  , 0.45 , 0.405])
    """
    initial = check_number("initial", initial, 0.0, 1.0)
    kept = 1.0 - 1.0 / check_count("n_kept", n_kept, minimum=1)
    if n_candidates != math.inf:
        n_candidates = check_count("n_candidates", n_candidates, minimum=1)
    return initial * (kept * (1.0 - 1.0 / n_candidates)) ** rounds(n_rounds)
