"""Linear regression retrained on its own labels."""

import numpy as np
from jaxtyping import Float

from retrain_sim.theory.checks import check_count, check_number
from retrain_sim.theory.laws.hypotheses import assuming
from retrain_sim.theory.laws.rounds import rounds


@assuming(
    "least squares, Gaussian design",
    "more rows than features and one",
    "nothing is curated",
)
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
        accumulate-subsample, n_rows >> dim:
            E|w_t - w*|^2 = c [1 + sum_{i=1}^{t} (2 - 1/i)/(i + 1)^2 + t/(t + 1)]
                          < c (pi^2/2 - 2) = 2.93 c

    with c = noise^2 dim/(n_rows - dim - 1). Inputs are from N(0, I), every round labels
    the same n_rows of them; p_0 (t = 0) is the fit to the real labels. "E" is over the
    inputs and over all labels. Given the inputs X, c is noise^2 trace((X'X)^-1); with
    new inputs each round, replace holds as well.

    Args:
        dim: d >= 1 coefficients.
        n_rows: Rows per round, >= dim + 2.
        n_rounds: T >= 0.
        noise: Standard deviation of the labels, >= 0.
        regime: "replace": train on the last labels; "accumulate": on all so far;
            "accumulate-subsample": on n_rows of all so far, drawn without repeats.

    Returns:
        Rounds 0..T [n_rounds + 1], in units of squared coefficients.

    Raises:
        ValueError: If an argument is outside these ranges.

    References:
        Gerstgrasser et al., "Is Model Collapse Inevitable? Breaking the Curse of
        Recursion by Accumulating Real and Synthetic Data", 2024, arXiv 2404.01413.
        Kazdan et al., "Collapse or Thrive?", 2024, arXiv 2410.16713 (the subsample;
        its law is derived here).

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
    if regime not in _IN_FIRST_FITS:
        allowed = ", ".join(map(repr, sorted(_IN_FIRST_FITS)))
        raise ValueError(f"regime is {regime!r}, allowed {allowed}")
    return once * _IN_FIRST_FITS[regime](fits)


def _subsample(fits: Float[np.ndarray, " rows"]) -> Float[np.ndarray, " rows"]:
    """Sum what the pool's coefficients wandered, and add the part's own error."""
    steps = (2.0 - 1.0 / fits[:-1]) / (fits[:-1] + 1.0) ** 2
    return 2.0 - 1.0 / fits + np.append(0.0, np.cumsum(steps))


_IN_FIRST_FITS = {
    "accumulate": lambda fits: np.cumsum(fits**-2.0),
    "accumulate-subsample": _subsample,
    "replace": lambda fits: fits,
}
"""Regime -> the risk after 1, 2, ... fits, in units of the first."""
