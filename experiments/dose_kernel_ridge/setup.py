"""The one-dimensional task of the published table."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from jaxtyping import Float

from retrain_sim.dose.laws import fit_kernel_ridge, gaussian_kernel

N, NOISE, LENGTH = 64, 0.1, 0.15
POINTS = np.linspace(0, 1, 401)[:, None]
STRENGTHS = np.geomspace(3e-4, 10, 61)
TABLED = np.array([3e-4, 0.01, 0.1, 10.0])
"""The lambdas that published numbers are for."""

Gap = Callable[[np.ndarray], np.ndarray]

GAPS: dict[str, Gap] = {
    "perfect": lambda x: 0.0 * x[:, 0],
    "smooth": lambda x: -0.3 * np.sin(2 * np.pi * x[:, 0]),
    "high frequency": lambda x: -0.3 * np.sin(20 * np.pi * x[:, 0]),
}
"""f* - g of the three generators."""

PUBLISHED = {
    "perfect": (1.59e-3, 8.9e-4, 2.95e-4, 3.8e-7),
    "smooth": (1.57e-3, 1.04e-3, 4.06e-3, 4.25e-2),
    "high frequency": (0.0718, 0.0905, 0.0987, 0.109),
}
"""Means over 200 draws of the noise, at one draw of the inputs that is not known."""

PUBLISHED_DRAWS = 200


def target(x: Float[np.ndarray, "n 1"]) -> Float[np.ndarray, " n"]:
    """Return f*(x) = sin(2 pi x) + cos(4 pi x)/2."""
    return np.sin(2 * np.pi * x[:, 0]) + 0.5 * np.cos(4 * np.pi * x[:, 0])


class Design(NamedTuple):
    """Inputs, and their kernels with themselves and with the points of the risk."""

    x: Float[np.ndarray, "n 1"]
    gram: Float[np.ndarray, "n n"]
    cross: Float[np.ndarray, "q n"]

    def gaps(self, gap: Gap) -> tuple[np.ndarray, np.ndarray]:
        """Return f* - g at the inputs and at the points."""
        return gap(self.x), gap(POINTS)


def design(seed: int) -> Design:
    """Draw 64 inputs from U(0, 1)."""
    x = np.random.default_rng(seed).uniform(size=(N, 1))
    return Design(x, gaussian_kernel(x, x, LENGTH), gaussian_kernel(POINTS, x, LENGTH))


def simulated(
    made: Design, gap: Gap, strength: float, draws: int, seed: int
) -> Float[np.ndarray, " s"]:
    """Fit to draws of the noise with the solver; return each fit's risk."""
    rng = np.random.default_rng(seed)
    truth, inputs = target(made.x), gap(made.x)
    risks = []
    for noise in NOISE * rng.normal(size=(draws, N)):
        alpha = fit_kernel_ridge(made.gram, truth + noise, truth - inputs, strength)
        risks.append(np.mean((made.cross @ alpha - gap(POINTS)) ** 2))
    return np.array(risks)


def projected_risk(made: Design, gap: Gap, jitter: float) -> Float[np.ndarray, " l"]:
    """Return the exact risk where g is first projected on the span of the inputs.

    alpha = (K + N lambda)^-1 (y + N lambda b) with (K + jitter) b = g(X): what one gets
    by taking the generator's coefficients for granted.
    """
    ridges = N * TABLED
    b = np.linalg.solve(made.gram + jitter * np.eye(N), target(made.x) - gap(made.x))
    rows = []
    for ridge in ridges:
        smooth = made.cross @ np.linalg.inv(made.gram + ridge * np.eye(N))
        mean = smooth @ (target(made.x) + ridge * b) - target(POINTS)
        variance = NOISE**2 * (smooth**2).sum(axis=1)
        rows.append((mean**2 + variance).mean())
    return np.array(rows)
