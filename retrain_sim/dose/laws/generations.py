"""The dose over generations: fresh real data beside the previous model's samples.

A mean is estimated, generation after generation: (1 - w) mean of N fresh real points
+ w mean of M points from the previous generation, whose error e is then inherited. All
errors are E |estimate - truth|^2, with sigma^2 the (trace of the) variance of a point.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
from jaxtyping import Float

from retrain_sim.dose.laws.mean import TINY
from retrain_sim.theory.checks import check_count, check_number
from retrain_sim.theory.laws.hypotheses import assuming
from retrain_sim.theory.laws.rounds import rounds

LOOP = "a mean is estimated, fresh real data every generation"


class Generation(NamedTuple):
    """What every generation is trained on.

    Attributes:
        n_real: N >= 1 fresh real points.
        n_synthetic: M >= 1 points from the previous generation, or math.inf.
        variance: sigma^2 > 0.
        bias: D >= 0, distance that the generator adds in every generation, always in
            the same direction.
    """

    n_real: int
    n_synthetic: int | float = math.inf
    variance: float = 1.0
    bias: float = 0.0

    def errors(self) -> tuple[float, float]:
        """Return sigma^2/N and sigma^2/M, or raise ValueError."""
        n = check_count("n_real", self.n_real, minimum=1)
        if not self.n_synthetic >= 1:
            raise ValueError(f"n_synthetic is {self.n_synthetic}, allowed >= 1 or inf")
        check_number("bias", self.bias, 0.0)
        variance = check_number("variance", self.variance, TINY)
        return variance / n, variance / self.n_synthetic


@assuming(LOOP, "the error of the previous generation is known")
def kalman_weight(generation: Generation, error: int | float) -> float:
    """Return the best weight of the previous generation: a Kalman gain.

        w* = (sigma^2/N) / (sigma^2/N + e + sigma^2/M + D^2)

    Args:
        generation: sizes, variance, bias.
        error: e >= 0 of the previous generation, or math.inf if there is none.

    Returns:
        w* in [0, 1].

    Raises:
        ValueError: If an argument is outside its range.

    References:
        Derived here. R. E. Kalman, "A New Approach to Linear Filtering and Prediction
        Problems", J. Basic Engineering 1960 (the gain).

    Example:
        >>> kalman_weight(Generation(n_real=20), error=0.05)
        0.5
    """
    real, synthetic = generation.errors()
    if not error >= 0:
        raise ValueError(f"error is {error}, allowed >= 0 or math.inf")
    return real / (real + error + synthetic + generation.bias**2)


@assuming(LOOP, "the best weight in every generation", "no bias")
def kalman_errors(generation: Generation, n_rounds: int) -> Float[np.ndarray, " rows"]:
    """Predict the error under the best weight in every generation.

        1/e_{t+1} = N/sigma^2 + 1/(e_t + sigma^2/M),    e_0 = sigma^2/N

    With infinitely many synthetic points e_t = sigma^2 / (N (t + 1)): synthetic data
    remember every real point, and nothing collapses.

    Args:
        generation: sizes and variance; its bias must be 0.
        n_rounds: T >= 0.

    Returns:
        Rounds 0..T ``[T + 1]``.

    Raises:
        ValueError: If an argument is outside its range.

    References:
        Derived here.

    Example:
        >>> kalman_errors(Generation(n_real=20), n_rounds=3).round(4)
        array([0.05  , 0.025 , 0.0167, 0.0125])
    """
    real, synthetic = generation.errors()
    check_number("bias", generation.bias, 0.0, 0.0)
    path = [real]
    for _ in rounds(n_rounds)[1:]:
        path.append(1 / (1 / real + 1 / (path[-1] + synthetic)))
    return np.array(path)


@assuming(LOOP, "the same weight in every generation")
def fixed_dose_errors(
    generation: Generation, weight: int | float, n_rounds: int
) -> Float[np.ndarray, " rows"]:
    """Predict the error under one weight of synthetic data, in every generation.

        v' = w^2 (v + sigma^2/M) + (1 - w)^2 sigma^2/N,   b' = w (b + D),  e = v + b^2

    from v = sigma^2/N, b = 0: variance and bias of the estimate.

    Args:
        generation: sizes, variance, bias.
        weight: w in [0, 1] of the synthetic mean.
        n_rounds: T >= 0.

    Returns:
        e at rounds 0..T ``[T + 1]``.

    Raises:
        ValueError: If an argument is outside its range.

    References:
        Derived here.

    Example:
        >>> fixed_dose_errors(Generation(20, 20), 1.0, n_rounds=2).round(4)
        array([0.05, 0.1 , 0.15])
    """
    real, synthetic = generation.errors()
    w = check_number("weight", weight, 0.0, 1.0)
    spread, shift = real, 0.0
    path = [real]
    for _ in rounds(n_rounds)[1:]:
        spread = w**2 * (spread + synthetic) + (1 - w) ** 2 * real
        shift = w * (shift + generation.bias)
        path.append(spread + shift**2)
    return np.array(path)


@assuming(LOOP, "the same weight in every generation")
def fixed_dose_limit(generation: Generation, weight: int | float) -> float:
    """Predict where `fixed_dose_errors` ends.

        e = [w^2 sigma^2/M + (1 - w)^2 sigma^2/N] / (1 - w^2) + [w D / (1 - w)]^2

    Args:
        generation: sizes, variance, bias.
        weight: w in [0, 1].

    Returns:
        e; inf at w = 1 (a random walk) unless nothing is added to it.

    Raises:
        ValueError: If an argument is outside its range.

    References:
        Derived here. Without bias: He, Xu, Cheng, arXiv 2502.18049.

    Example:
        >>> round(fixed_dose_limit(Generation(20), 0.5), 4)
        0.0167
    """
    real, synthetic = generation.errors()
    w = check_number("weight", weight, 0.0, 1.0)
    if w == 1:
        return real if synthetic == 0 == generation.bias else math.inf
    spread = (w**2 * synthetic + (1 - w) ** 2 * real) / (1 - w**2)
    return spread + (w * generation.bias / (1 - w)) ** 2


@assuming(LOOP, "the same weight in every generation, no bias")
def golden_real_weight(synthetic_to_real: int | float) -> float:
    """Return the weight of real data that is best in the long run.

        1 - v = k v^2:    v = (sqrt(1 + 4 k) - 1) / (2 k),    k = M/N

    the reciprocal golden ratio at k = 1. The error then ends at v sigma^2/N, against
    sigma^2/N for real data alone.

    Args:
        synthetic_to_real: k > 0, M/N.

    Returns:
        v in (0, 1); the synthetic weight of `fixed_dose_limit` is 1 - v.

    Raises:
        ValueError: If k is not positive and finite.

    References:
        He, Xu, Cheng, arXiv 2502.18049 (the golden ratio). Derived here: any k.

    Example:
        >>> round(golden_real_weight(1.0), 4)
        0.618
    """
    k = check_number("synthetic_to_real", synthetic_to_real, TINY)
    return 2 / (math.sqrt(1 + 4 * k) + 1)  # exact for small k too


@assuming(LOOP, "the same weight in every generation")
def best_fixed_dose(generation: Generation) -> float:
    """Search the weight of synthetic data at which `fixed_dose_limit` is least.

    With a bias D in every generation it has an interior optimum even for infinitely
    many synthetic points: the U-shape of one generation, again.

    Args:
        generation: sizes, variance, bias.

    Returns:
        w in [0, 1].

    Raises:
        ValueError: If the generation is out of range.

    References:
        Derived here.

    Example:
        >>> round(1 - best_fixed_dose(Generation(20, 20)), 4)
        0.618
    """
    _, synthetic = generation.errors()
    if synthetic == 0 == generation.bias:
        return 1.0
    from scipy.optimize import minimize_scalar  # a tenth of a second to import

    def error(weight: float) -> float:
        return fixed_dose_limit(generation, min(max(weight, 0.0), 1.0))

    found = minimize_scalar(
        error, bounds=(0, 1), method="bounded", options={"xatol": 1e-10}
    )
    return float(found.x)
