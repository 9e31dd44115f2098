"""A Gaussian refitted to fresh real data beside its own samples."""

import numpy as np
from jaxtyping import Float

from retrain_sim.theory.checks import check_count, check_number
from retrain_sim.theory.laws.hypotheses import assuming
from retrain_sim.theory.laws.rounds import rounds


@assuming(
    "a Gaussian with unbiased moments",
    "fresh real data every round",
    "nothing is curated",
)
def fresh_data_moments(
    n_real: int,
    n_synthetic: int,
    n_rounds: int,
    sampling_bias: int | float = 1.0,
    start: tuple[float, float] = (0.0, 1.0),
) -> Float[np.ndarray, "rows 2"]:
    """Predict a Gaussian refitted to fresh real data beside its own samples.

        m' = [1 - w + w lambda s]/N + w^2 m
        s' = [n_real + n_synthetic (lambda s + m) - N m']/(N - 1)

    with N = n_real + n_synthetic and w = n_synthetic/N, in one coordinate and in units
    of the true variance: m = E[(mean - truth)^2], s = E[variance], the unbiased one.
    Every round draws new real data.

    Args:
        n_real: Fresh real samples per round, >= 0.
        n_synthetic: Samples of the model per round, >= 0; N >= 2.
        n_rounds: T >= 0.
        sampling_bias: lambda in [0, 1]: synthetic samples have covariance lambda Sigma.
        start: m and s of p_0.

    Returns:
        Columns m and s at rounds 0..T [n_rounds + 1, 2].

    Raises:
        ValueError: If an argument is outside these ranges.

    References:
        Alemohammad et al., "Self-Consuming Generative Models Go MAD", ICLR 2024,
        arXiv 2307.01850 (the loop). Derived here: the two equations.

    Example:
        >>> fresh_data_moments(100, 900, n_rounds=2).round(4)[:, 0]
        array([0.    , 0.001 , 0.0018])
    """
    matrix, constant = _fresh_data_map(n_real, n_synthetic, sampling_bias)
    path = [np.array([check_number("start", x, 0.0) for x in start])]
    for _ in rounds(n_rounds)[1:]:
        path.append(matrix @ path[-1] + constant)
    return np.stack(path)


@assuming(
    "a Gaussian with unbiased moments",
    "fresh real data every round",
    "nothing is curated",
)
def fresh_data_limit(
    n_real: int, n_synthetic: int, sampling_bias: int | float = 1.0
) -> Float[np.ndarray, " 2"]:
    """Predict where `fresh_data_moments` ends, from any start.

    Args:
        n_real: Fresh real samples per round, >= 1.
        n_synthetic: Samples of the model per round, >= 0.
        sampling_bias: lambda in [0, 1].

    Returns:
        m and s, in units of the true variance.

    Raises:
        ValueError: If an argument is outside these ranges.

    References:
        Alemohammad et al., "Self-Consuming Generative Models Go MAD", ICLR 2024,
        arXiv 2307.01850.

    Example:
        >>> fresh_data_limit(100, 900).round(4)
        array([0.0053, 1.0048])
    """
    check_count("n_real", n_real, minimum=1)
    matrix, constant = _fresh_data_map(n_real, n_synthetic, sampling_bias)
    return np.linalg.solve(np.eye(2) - matrix, constant)


def _fresh_data_map(n_real, n_synthetic, sampling_bias):
    """Return the matrix and the constant of the map of (m, s)."""
    real = check_count("n_real", n_real, minimum=0)
    synthetic = check_count("n_synthetic", n_synthetic, minimum=0)
    bias = check_number("sampling_bias", sampling_bias, 0.0, 1.0)
    total = check_count("n_real + n_synthetic", real + synthetic, minimum=2)
    w = synthetic / total
    to_m = np.array([w**2, w * bias / total])
    to_s = (np.array([synthetic, synthetic * bias]) - total * to_m) / (total - 1)
    constant = np.array([(1 - w) / total, (real - (1 - w)) / (total - 1)])
    return np.stack([to_m, to_s]), constant
