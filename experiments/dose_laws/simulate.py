"""Estimates of a mean and kernel fits, simulated: what the laws are judged by."""

from __future__ import annotations

import numpy as np
from jaxtyping import Float

from retrain_sim.dose.laws import gaussian_kernel

N_REAL, LENGTH, NOISE, SCALE = 20, 0.2, 0.5, 0.2
"""Real points; of kernel ridge regression: length, sigma and tau."""


def best_weight(gap: float, n_made: float, draws: int) -> tuple[float, float]:
    """Estimate the best weight of the synthetic mean beside the real one.

    It is E[a (a - b)] / E[(a - b)^2] for real and synthetic means a and b, where the
    truth is 0.

    Args:
        gap: D, in standard deviations.
        n_made: synthetic points, inf for the generator itself.
        draws: pairs of means.

    Returns:
        The weight, and its standard error by the delta method.
    """
    rng = np.random.default_rng(0)
    a = rng.normal(size=draws) / np.sqrt(N_REAL)
    b = gap + rng.normal(size=draws) / np.sqrt(n_made)
    above, below = a * (a - b), (a - b) ** 2
    weight = above.mean() / below.mean()
    error = (above - weight * below).std(ddof=1) / np.sqrt(draws) / below.mean()
    return float(weight), float(error)


def pooled_errors(
    gap: float, sizes: Float[np.ndarray, " k"], draws: int
) -> Float[np.ndarray, "draws k"]:
    """Pool 20 real points with M synthetic ones; return the squared errors by draw."""
    rng = np.random.default_rng(1)
    real = rng.normal(size=(draws, 1)) * np.sqrt(N_REAL)
    made = rng.normal(size=(draws, len(sizes))) * np.sqrt(sizes) + sizes * gap
    return ((real + made) / (N_REAL + sizes)) ** 2


def process_errors(
    strengths: Float[np.ndarray, " l"], draws: int
) -> Float[np.ndarray, "draws l"]:
    """Fit towards generators that are off by Gaussian processes; errors everywhere.

    Returns:
        Mean squared errors at 50 points, of every draw of process and noise.
    """
    rng = np.random.default_rng(2)
    x = np.sort(rng.uniform(size=N_REAL))
    at = np.concatenate([x, (np.arange(50) + 0.5) / 50])[:, None]
    gram = gaussian_kernel(at, at, LENGTH)
    values, vectors = np.linalg.eigh(gram)
    root = vectors * np.sqrt(np.maximum(values, 0.0))
    gaps = SCALE * rng.normal(size=(draws, len(at))) @ root.T
    labels = gaps[:, :N_REAL] + NOISE * rng.normal(size=(draws, N_REAL))
    found = []
    for lam in strengths:
        system = gram[:N_REAL, :N_REAL] + N_REAL * lam * np.eye(N_REAL)
        fitted = labels @ np.linalg.solve(system, gram[:N_REAL, N_REAL:])
        found.append(((fitted - gaps[:, N_REAL:]) ** 2).mean(axis=1))
    return np.stack(found, axis=1)
