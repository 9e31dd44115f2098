"""How many fresh samples a Gaussian with fresh real data beside its own is worth."""

import math

import numpy as np
from jaxtyping import Float

from retrain_sim.theory.checks import check_count, check_number
from retrain_sim.theory.laws.fresh_data_pairs import squared_covariance
from retrain_sim.theory.laws.hypotheses import assuming

PROBES = np.array([(0, 0), (1, 0), (0, 1), (2, 0), (1, 1), (0, 2)], np.float64)
"""Squared means and variances that tell any polynomial of degree 2 in the two."""

HYPOTHESES = (
    "a Gaussian with unbiased moments",
    "a truth of equal variance in all directions",
    "fresh real data every round",
    "nothing is curated",
)


@assuming(*HYPOTHESES)
def fresh_data_error(
    n_real: int, n_synthetic: int, sampling_bias: int | float = 1.0, dim: int = 1
) -> float:
    """Predict how far a Gaussian with fresh data ends up from the truth.

        dist = E[m^2] + (sqrt(s) - 1)^2 + [Var(v) + (d - 1) E[c^2]] / (4 s^(3/2))

    per coordinate, in units of the true variance: the expected squared W2 distance of
    the model to the truth, E|mean|^2 + d + E tr(Sigma - 2 Sigma^(1/2)), to second order
    in what Sigma is off its mean s I; m, v and c are mean, variance and covariance of
    coordinates. Of n fresh samples alone it is 1/n + (d + 1)/(4 (n - 1)).

    Five moments of (mean, variance), E[m^2], E[v], E[m^4], E[m^2 v] and E[v^2], follow
    a linear map, whose fixed point this takes. Given m and v, the new mean and the
    distance of the real from the synthetic mean are Gaussian, the sums of squares
    within both parts chi-squared and independent of them. The covariance of two
    coordinates brings seven more (``squared_covariance``).

    Beyond d of about n/10 the second order falls short: at n = d = 100 fresh samples
    are at 0.32 per coordinate, not 0.265.

    Args:
        n_real: Fresh real samples per round, >= 1.
        n_synthetic: Samples of the model per round, >= 0; together >= 2.
        sampling_bias: lambda in [0, 1]: synthetic samples have covariance lambda Sigma.
        dim: d >= 1.

    Returns:
        The distance in the limit of many rounds, from any start.

    Raises:
        ValueError: If an argument is outside these ranges.

    References:
        Alemohammad et al., "Self-Consuming Generative Models Go MAD", ICLR 2024,
        arXiv 2307.01850 (the loop). Derived here: the map of the moments.

    Example:
        >>> round(fresh_data_error(100, 0), 6), round(1 / 100 + 1 / 198, 6)
        (0.015051, 0.015051)
        >>> round(fresh_data_error(100, 900), 6)
        0.007968
        >>> round(fresh_data_error(100, 0, dim=9), 6), round(1 / 100 + 10 / 396, 6)
        (0.035253, 0.035253)
    """
    check_count("n_real", n_real, minimum=1)
    check_count("n_synthetic", n_synthetic, minimum=0)
    check_count("n_real + n_synthetic", n_real + n_synthetic, minimum=2)
    check_number("sampling_bias", sampling_bias, 0.0, 1.0)
    check_count("dim", dim, minimum=1)
    m2, s, _, _, v2 = limit_moments(n_real, n_synthetic, sampling_bias)
    spread = v2 - s**2
    if dim > 1:
        c2 = squared_covariance(n_real, n_synthetic, sampling_bias)
        spread += (dim - 1) * c2
    return float(m2 + (math.sqrt(s) - 1) ** 2 + spread / (4 * s**1.5))


@assuming(*HYPOTHESES)
def fresh_data_sample_size(
    n_real: int, n_synthetic: int, sampling_bias: int | float = 1.0, dim: int = 1
) -> float:
    """Return how many fresh samples alone would be as close to the truth.

    n_e solves 1/n_e + (d + 1)/(4 (n_e - 1)) = ``fresh_data_error``. Synthetic samples
    help if n_e > n_real: always at lambda = 1; at lambda < 1 up to some number of them.

    Args:
        n_real: Fresh real samples per round, >= 1.
        n_synthetic: Samples of the model per round, >= 0; together >= 2.
        sampling_bias: lambda in [0, 1].
        dim: d >= 1.

    Returns:
        n_e > 1.

    Raises:
        ValueError: If an argument is outside these ranges.

    References:
        Alemohammad et al., "Self-Consuming Generative Models Go MAD", ICLR 2024,
        arXiv 2307.01850, section 4 (the definition, there by simulation). Derived here:
        the closed form, for squared W2 to second order.

    Example:
        >>> round(fresh_data_sample_size(100, 0), 6)
        100.0
        >>> [round(fresh_data_sample_size(100, 900, bias)) for bias in (1.0, 0.9)]
        [189, 19]
        >>> [round(fresh_data_sample_size(100, 900, 0.9, d)) for d in (1, 10, 100)]
        [19, 45, 194]
    """
    error = fresh_data_error(n_real, n_synthetic, sampling_bias, dim)
    both = error + 1 + (dim + 1) / 4
    return (both + math.sqrt(both**2 - 4 * error)) / (2 * error)


def limit_moments(
    n_real: int, n_synthetic: int, bias: float
) -> Float[np.ndarray, " 5"]:
    """Return E[m^2], E[v], E[m^4], E[m^2 v] and E[v^2] after many rounds.

    Example:
        >>> limit_moments(101, 0, 1.0)[[1, 4]].round(3)
        array([1.  , 1.02])
    """
    after = [_next(p, v, n_real, n_synthetic, bias) for p, v in PROBES]
    # Affine in the five moments: six probes give its matrix and its constant exactly.
    ones = np.ones((len(PROBES), 1))
    known = np.hstack([ones, np.stack([_moments(p, v) for p, v in PROBES])])
    affine = np.linalg.solve(known, np.stack(after))
    return np.linalg.solve(np.eye(5) - affine[1:].T, affine[0])


def _moments(p: float, v: float) -> Float[np.ndarray, " 5"]:
    return np.array([p, v, p**2, p * v, v**2])


def _next(
    p: float, v: float, n_real: int, n_synthetic: int, bias: float
) -> Float[np.ndarray, " 5"]:
    """Return the five moments after a round from squared mean p and variance v."""
    total = n_real + n_synthetic
    w, spread = n_synthetic / total, bias * v
    a = (1 - w + w * spread) / total  # variance of the new mean
    h = n_real * n_synthetic / total  # weight of the squared distance of both means
    b = 1 / n_real + spread / max(n_synthetic, 1)  # variance of that distance
    c = (spread - 1) / total  # covariance of the two
    free = n_real - 1, max(n_synthetic - 1, 0)
    within = free[0] + free[1] * spread
    noise = 2 * (free[0] + free[1] * spread**2)
    square = w**2 * p
    between = h * (p + b)
    both = (square + a) * (p + b) + 4 * w * p * c + 2 * c**2
    fourth = h**2 * (p**2 + 6 * p * b + 3 * b**2)
    return np.array([
        a + square,
        (within + between) / (total - 1),
        square**2 + 6 * square * a + 3 * a**2,
        (within * (a + square) + h * both) / (total - 1),
        (noise + within**2 + 2 * within * between + fourth) / (total - 1) ** 2,
    ])  # fmt: skip
