"""A Gaussian refitted to its own samples.

"E" is the mean over runs. `n_kept` samples are drawn from the model each round, and the
next model is fitted to them by maximum likelihood, where nothing else is said.
"""

import math

import numpy as np
from jaxtyping import Float
from scipy.special import digamma

from retrain_sim.theory.checks import check_count, check_number
from retrain_sim.theory.laws.hypotheses import assuming
from retrain_sim.theory.laws.rounds import rounds


@assuming(
    "a Gaussian, maximum likelihood (ddof 0)", "replaced data", "nothing is curated"
)
def gaussian_variance(
    initial: int | float, n_kept: int, n_rounds: int
) -> Float[np.ndarray, " rows"]:
    """Predict the mean variance of a Gaussian refitted to its own samples.

        E[var_t] = var_0 (1 - 1/n_kept)^t

    for the maximum-likelihood variance (ddof 0).

    Args:
        initial: var_0 >= 0.
        n_kept: Samples per round, >= 2.
        n_rounds: T >= 0.

    Returns:
        Rounds 0..T [n_rounds + 1].

    Raises:
        ValueError: If an argument is outside these ranges.

    References:
        Shumailov et al., "AI models collapse when trained on recursively generated
        data", Nature 2024. Kazdan et al., "Collapse or Thrive?", arXiv:2410.16713.

    Example:
        >>> gaussian_variance(1.0, n_kept=10, n_rounds=2).round(4)
        array([1.  , 0.9 , 0.81])
    """
    initial = check_number("initial", initial, 0.0)
    kept = check_count("n_kept", n_kept, minimum=2)
    return initial * np.exp(rounds(n_rounds) * np.log1p(-1.0 / kept))


@assuming(
    "a Gaussian, maximum likelihood (ddof 0)",
    "one dimension",
    "replaced data",
    "nothing is curated",
)
def gaussian_log_variance(
    initial: int | float, n_kept: int, n_rounds: int
) -> Float[np.ndarray, " rows"]:
    """Predict the mean log variance of a Gaussian refitted to its own samples.

        E[log var_t] = log var_0 + t (psi((n_kept - 1)/2) + log(2/n_kept))

    with psi the digamma function. It falls faster than the log of `gaussian_variance`:
    typical runs lose their variance sooner than the mean over runs shows.

    Args:
        initial: var_0 > 0 (not its log).
        n_kept: Samples per round, >= 2.
        n_rounds: T >= 0.

    Returns:
        Rounds 0..T [n_rounds + 1], natural log.

    Raises:
        ValueError: If an argument is outside these ranges.

    References:
        Derived here: n_kept var_{t+1} / var_t is chi-square, n_kept - 1 degrees.

    Example:
        >>> gaussian_log_variance(1.0, n_kept=10, n_rounds=2).round(4)
        array([ 0.    , -0.2206, -0.4411])
    """
    initial = check_number("initial", initial, np.nextafter(0.0, 1.0))
    kept = check_count("n_kept", n_kept, minimum=2)
    slope = digamma((kept - 1) / 2) + math.log(2 / kept)
    return np.log(initial) + rounds(n_rounds) * slope


@assuming(
    "a Gaussian, maximum likelihood (ddof 0)", "replaced data", "nothing is curated"
)
def gaussian_mean_drift(
    initial: int | float, n_kept: int, n_rounds: int
) -> Float[np.ndarray, " rows"]:
    """Predict how far the mean of a Gaussian refitted to its own samples wanders.

        E[(mean_t - mean_0)^2] = var_0 (1 - (1 - 1/n_kept)^t)

    Args:
        initial: var_0 >= 0.
        n_kept: Samples per round, >= 2.
        n_rounds: T >= 0.

    Returns:
        Rounds 0..T [n_rounds + 1], in the units of the variance.

    Raises:
        ValueError: If an argument is outside these ranges.

    References:
        Derived here: the drifts var_t / n_kept of all rounds, summed.

    Example:
        >>> gaussian_mean_drift(1.0, n_kept=10, n_rounds=2).round(4)
        array([0.  , 0.1 , 0.19])
    """
    initial = check_number("initial", initial, 0.0)
    kept = check_count("n_kept", n_kept, minimum=2)
    return initial * -np.expm1(rounds(n_rounds) * np.log1p(-1.0 / kept))


@assuming(
    "a Gaussian, maximum likelihood (ddof 0)", "accumulated data", "nothing is curated"
)
def gaussian_accumulate_variance(
    initial: int | float, n_kept: int, n_rounds: int, n_real: int | None = None
) -> Float[np.ndarray, " rows"]:
    """Predict the mean variance of a Gaussian refitted to all samples so far.

        E[var_t] = var_0 prod_{i=1}^{t} (1 - n_kept / N_i^2),  N_i = n_real + i n_kept

    Each round adds `n_kept` samples of the model to the `n_real` real ones that var_0
    was fitted to. With n_real = n_kept = n the factors are 1 - 1/(n (i + 1)^2); with
    i = 0, the bias of the first fit itself, they multiply to
    sin(pi/sqrt n)/(pi/sqrt n). The variance is not lost.

    Args:
        initial: var_0 >= 0.
        n_kept: Samples per round, >= 2.
        n_rounds: T >= 0.
        n_real: Real samples, >= 2; None: as many as n_kept.

    Returns:
        Rounds 0..T [n_rounds + 1].

    Raises:
        ValueError: If an argument is outside these ranges.

    References:
        Kazdan et al., "Collapse or Thrive? Perils and Promises of Synthetic Data in a
        Self-Generating World", 2024, arXiv 2410.16713. Derived here: n_real.

    Example:
        >>> gaussian_accumulate_variance(1.0, n_kept=10, n_rounds=2).round(4)
        array([1.    , 0.975 , 0.9642])
    """
    initial = check_number("initial", initial, 0.0)
    kept = check_count("n_kept", n_kept, minimum=2)
    real = kept if n_real is None else check_count("n_real", n_real, minimum=2)
    factors = 1.0 - kept / (real + kept * rounds(n_rounds)) ** 2
    factors[0] = 1.0
    return initial * np.cumprod(factors)


@assuming(
    "a Gaussian, maximum likelihood (ddof 0)",
    "a random part of accumulated data",
    "nothing is curated",
)
def gaussian_subsample_variance(
    initial: int | float, n_kept: int, n_rounds: int
) -> Float[np.ndarray, " rows"]:
    """Predict the mean variance of a Gaussian refitted to a part of all samples so far.

        E[var_t] = var_0 prod_{i=1}^{t} (1 - (3 n - 1) / (N_i (N_i - 1)))

    with n = n_kept and N_i = (i + 1) n. Each round adds n samples of the model to the
    pool, which n real ones began, and refits to n of the pool's N_i samples, drawn
    without repeats. The variance is not lost, but about three times as much of it as
    `gaussian_accumulate_variance` loses.

    Args:
        initial: var_0 >= 0, of the fit to the real samples.
        n_kept: Samples per round, and per fit, >= 2; as many are real.
        n_rounds: T >= 0.

    Returns:
        Rounds 0..T [n_rounds + 1].

    Raises:
        ValueError: If an argument is outside these ranges.

    References:
        Kazdan et al., "Collapse or Thrive? Perils and Promises of Synthetic Data in a
        Self-Generating World", 2024, arXiv 2410.16713 (the loop). Derived here: the
        squared differences of all pairs in the pool obey a linear recursion.

    Example:
        >>> gaussian_subsample_variance(1.0, n_kept=10, n_rounds=2).round(4)
        array([1.    , 0.9237, 0.8929])
    """
    initial = check_number("initial", initial, 0.0)
    kept = check_count("n_kept", n_kept, minimum=2)
    pool = kept * (rounds(n_rounds) + 1.0)
    factors = 1.0 - (3.0 * kept - 1.0) / (pool * (pool - 1.0))
    factors[0] = 1.0
    return initial * np.cumprod(factors)
