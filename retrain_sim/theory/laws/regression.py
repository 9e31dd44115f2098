"""Linear regression retrained on its own labels."""

import numpy as np
from jaxtyping import Float

from retrain_sim.theory.checks import check_count, check_number
from retrain_sim.theory.laws.rounds import rounds


def regression_excess_risk(
    dim: int,
    n_rows: int,
    n_rounds: int,
    *,
    noise: int | float = 1.0,
    regime: str = "replace",
) -> Float[np.ndarray, " rows"]:
    """Predict the excess risk of least squares retrained on its own noisy labels.

        replace:    E|w_t - w*|^2 = c (t + 1)
        accumulate: E|w_t - w*|^2 = c sum_{i=1}^{t+1} 1/i^2 <= c pi^2/6

    with c = noise^2 dim/(n_rows - dim - 1). Inputs are from N(0, I), every round labels
    the same n_rows of them; p_0 (t = 0) is the fit to the real labels. "E" is over the
    inputs and over all labels. Given the inputs X, c is noise^2 trace((X'X)^-1); with
    new inputs each round, replace holds as well.

    Args:
        dim: d >= 1 coefficients.
        n_rows: Rows per round, >= dim + 2.
        n_rounds: T >= 0.
        noise: Standard deviation of the labels, >= 0.
        regime: "replace": train on the last labels; "accumulate": on all so far.

    Returns:
        Rounds 0..T [n_rounds + 1], in units of squared coefficients.

    Raises:
        ValueError: If an argument is outside these ranges.

    References:
        Gerstgrasser et al., "Is Model Collapse Inevitable? Breaking the Curse of
        Recursion by Accumulating Real and Synthetic Data", 2024, arXiv 2404.01413.

    Example:
        >>> regression_excess_risk(10, 111, 2)
        array([0.1, 0.2, 0.3])
        >>> regression_excess_risk(10, 111, 2, regime="accumulate").round(4)
        array([0.1   , 0.125 , 0.1361])
    """
    dim = check_count("dim", dim, minimum=1)
    n_rows = check_count("n_rows", n_rows, minimum=dim + 2)
    once = check_number("noise", noise, 0.0) ** 2 * dim / (n_rows - dim - 1)
    fits = rounds(n_rounds) + 1.0
    if regime == "replace":
        return once * fits
    if regime != "accumulate":
        raise ValueError(f"regime is {regime!r}, allowed 'accumulate', 'replace'")
    return once * np.cumsum(fits**-2.0)
