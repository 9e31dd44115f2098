"""Regularization towards a generator when everything decays as a power.

Kernel eigenvalues mu_j = j^(-2r); the generator misses the target by
|theta_j - omega_j| = c mu_j^(s + 1/2) in the j-th eigenfunction.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from jaxtyping import Float
from numpy.typing import ArrayLike

from retrain_sim.dose.laws.mean import TINY
from retrain_sim.theory.checks import check_number, check_range
from retrain_sim.theory.laws.hypotheses import assuming

TERMS = 30_000
"""Sums run over these: from r = 1, s = 1/4 on they lose under 1e-4 of the risk."""

SEQUENCE = "the eigenvalues of the kernel and the generator's error are powers"


class PowerLaw(NamedTuple):
    """A task in the eigenbasis of its kernel.

    Attributes:
        noise: sigma > 0, standard deviation of the labels.
        decay: r > 1/2, eigenvalues mu_j = j^(-2r).
        smoothness: s > -1/2 + 1/(4r), of the generator's error.
        size: c > 0, of the generator's error.
    """

    noise: float = 1.0
    decay: float = 1.0
    smoothness: float = 0.5
    size: float = 1.0

    def check(self) -> None:
        """Raise ValueError for the first value that is out of range."""
        check_number("noise", self.noise, TINY)
        r = check_number("decay", self.decay, np.nextafter(0.5, 1.0))
        least = np.nextafter(1 / (4 * r) - 0.5, 1.0)
        check_number("smoothness", self.smoothness, least)
        check_number("size", self.size, TINY)


@assuming(SEQUENCE, "independent noise in every coefficient")
def power_law_risk(
    task: PowerLaw, n_real: int | float, strengths: ArrayLike
) -> Float[np.ndarray, " l"]:
    """Return the exact risk of the sequence model.

        R(lambda) = sum_j [lambda^2 (theta_j - omega_j)^2 + sigma^2 mu_j^2 / N]
                    / (mu_j + lambda)^2

    Args:
        task: the powers.
        n_real: N > 0.
        strengths: lambda > 0 ``[l]``.

    Returns:
        ``[l]``, over the first 30 000 coefficients.

    Raises:
        ValueError: If an argument is outside its range.

    References:
        Derived here.

    Example:
        >>> power_law_risk(PowerLaw(), 100, [0.01, 0.1, 1.0]).round(4)
        array([0.0743, 0.0397, 0.3099])
    """
    task.check()
    n = check_number("n_real", n_real, TINY)
    j = np.arange(1.0, TERMS + 1)
    mu = j ** (-2 * task.decay)
    gap = task.size * mu ** (task.smoothness + 0.5)
    bias, variance = gap**2, (task.noise * mu) ** 2 / n
    rows = []
    for lam in check_range("strengths", strengths, TINY):
        shrunk = 1 / (mu + lam)
        rows.append((lam**2 * bias + variance) @ (shrunk * shrunk))
    return np.array(rows)


class Exponents(NamedTuple):
    """How the best lambda and its risk scale: lambda* ~ (sigma^2/(N c^2))^strength.

    Attributes:
        strength: in N the exponent is minus this, in c minus twice this.
        risk: the best risk falls as N to minus this.
    """

    strength: float
    risk: float


@assuming(SEQUENCE, "N is large")
def best_strength_exponents(task: PowerLaw) -> Exponents:
    """Return the exponents of the best regularization.

        lambda* ~ (sigma^2/(N c^2))^(1/(b + 1/(2r))),  R* ~ N^(-b/(b + 1/(2r)))
        b = min(2, 2s + 1 - 1/(2r))

    Args:
        task: the powers; noise and size play no part.

    Returns:
        The exponents.

    Raises:
        ValueError: If the task is out of range.

    References:
        Derived here.

    Example:
        >>> best_strength_exponents(PowerLaw(decay=1.0, smoothness=0.5))
        Exponents(strength=0.5, risk=0.75)
    """
    task.check()
    free = 1 / (2 * task.decay)
    b = min(2.0, 2 * task.smoothness + 1 - free)
    return Exponents(1 / (b + free), b / (b + free))


@assuming(SEQUENCE)
def best_strength(task: PowerLaw, n_real: int | float) -> float:
    """Search the best lambda of the exact risk.

    Args:
        task: the powers.
        n_real: N > 0.

    Returns:
        lambda*, to six digits, in [1e-12, 1e6].

    Raises:
        ValueError: If an argument is outside its range.

    Example:
        >>> round(best_strength(PowerLaw(0.5, 2.0, 0.8), 1000), 4)
        0.0087
    """
    from scipy.optimize import minimize_scalar  # a tenth of a second to import

    def risk(log_strength: float) -> float:
        return float(power_law_risk(task, n_real, [np.exp(log_strength)])[0])

    coarse = np.log(10.0) * np.arange(-12, 7)
    best = int(np.argmin([risk(step) for step in coarse]))
    ends = coarse[max(best - 1, 0)], coarse[min(best + 1, len(coarse) - 1)]
    found = minimize_scalar(
        risk, bounds=ends, method="bounded", options={"xatol": 1e-7}
    )
    return float(np.exp(found.x))
