"""A kernel density estimate refitted to its own samples."""

import numpy as np
from jaxtyping import Float

from retrain_sim.theory.checks import check_count, check_number
from retrain_sim.theory.laws.hypotheses import assuming
from retrain_sim.theory.laws.rounds import rounds


@assuming("replaced data", "nothing is curated", "a fixed Gaussian kernel, ddof 0")
def kernel_density_variance(
    initial: int | float, n_kept: int, bandwidth: int | float, n_rounds: int
) -> Float[np.ndarray, " rows"]:
    """Predict the mean variance of the training set of a kernel density estimate.

        E[S_{t+1}] = (1 - 1/n_kept) (E[S_t] + h^2) -> (n_kept - 1) h^2

    S_t is the variance (ddof 0) of one coordinate of the data that p_t is fitted to;
    p_t itself has variance S_t + h^2.

    Args:
        initial: S_0 >= 0.
        n_kept: Samples per round, >= 2.
        bandwidth: h >= 0, the standard deviation of the Gaussian kernel.
        n_rounds: T >= 0.

    Returns:
        Rounds 0..T [n_rounds + 1].

    Raises:
        ValueError: If an argument is outside these ranges.

    References:
        Derived here, for the replace loop of Kazdan et al., "Collapse or Thrive?",
        2024, arXiv 2410.16713.

    Example:
        >>> kernel_density_variance(1.0, n_kept=10, bandwidth=0.5, n_rounds=2)
        array([1.    , 1.125 , 1.2375])
    """
    initial = check_number("initial", initial, 0.0)
    kept = check_count("n_kept", n_kept, minimum=2)
    limit = (kept - 1) * check_number("bandwidth", bandwidth, 0.0) ** 2
    return limit + (initial - limit) * (1.0 - 1.0 / kept) ** rounds(n_rounds)
