"""How many synthetic points help to estimate a mean, given how far off they are.

Real points have mean theta, synthetic ones theta + delta with |delta| = D: the distance
W2 of two laws that differ by a shift. Risks are E |estimate - theta|^2.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
from jaxtyping import Float
from numpy.typing import ArrayLike

from retrain_sim.theory.checks import check_count, check_number, check_range
from retrain_sim.theory.laws.hypotheses import assuming

TINY = np.nextafter(0.0, 1.0)
SHIFT = "real and synthetic data differ in their means, independent points"


class MeanTask(NamedTuple):
    """A mean to estimate from real and synthetic points.

    Attributes:
        real_error: tr Sigma / N > 0, the risk of the N real points alone.
        synthetic_error: tr Sigma_s / N >= 0, the variance of N synthetic points' mean.
        gap: D >= 0, distance of the two means.
    """

    real_error: float
    synthetic_error: float
    gap: float

    def risk(self, ratio: int | float | ArrayLike) -> Float[np.ndarray, "..."]:
        """Return the risk of pooling ``ratio`` synthetic points per real point.

            (rho^2 D^2 + a + rho b) / (1 + rho)^2,  a = tr Sigma/N, b = tr Sigma_s/N

        Args:
            ratio: rho >= 0, any shape; inf is allowed.

        Example:
            >>> mean_task(20, gap=0.5).risk([0.0, 2.0, np.inf]).round(4)
            array([0.05  , 0.1278, 0.25  ])
        """
        rho = np.asarray(ratio, np.float64)
        share = 1.0 / (1.0 + rho)  # of the real points: finite for every ratio
        squares = (1 - share) ** 2 * self.gap**2 + share**2 * self.real_error
        return np.asarray(squares + share * (1 - share) * self.synthetic_error)


def mean_task(
    n_real: int,
    gap: int | float,
    variance: int | float = 1.0,
    synthetic_variance: int | float | None = None,
) -> MeanTask:
    """Describe a mean to estimate.

    Args:
        n_real: N >= 1 real points.
        gap: D >= 0, distance of the means: W2, if the covariances are equal.
        variance: tr Sigma > 0, of the real points.
        synthetic_variance: tr Sigma_s >= 0; by default that of the real points.

    Returns:
        The task.

    Raises:
        ValueError: If an argument is outside these ranges.

    Example:
        >>> mean_task(20, gap=0.3)
        MeanTask(real_error=0.05, synthetic_error=0.05, gap=0.3)
    """
    n = check_count("n_real", n_real, minimum=1)
    real = check_number("variance", variance, TINY)
    given = real if synthetic_variance is None else synthetic_variance
    made = check_number("synthetic_variance", given, 0.0)
    return MeanTask(real / n, made / n, check_number("gap", gap, 0.0))


@assuming(SHIFT, "two weights, free to choose")
def best_mean_weight(task: MeanTask, ratio: int | float = math.inf) -> float:
    """Return the best weight of the synthetic mean beside the real mean.

        t* = a / (a + D^2 + b / rho),    a = tr Sigma/N, b = tr Sigma_s/N

    for the estimate (1 - t) real mean + t synthetic mean: with infinitely many
    synthetic points t*/(1 - t*) = tr Sigma/(N W2^2). The best risk is a (1 - t*).

    Args:
        task: the mean to estimate.
        ratio: rho = M/N > 0 synthetic points per real point; inf is allowed.

    Returns:
        t*, in [0, 1].

    Raises:
        ValueError: If the ratio is not positive.

    References:
        Derived here; a case of A. Shidani, T. Farghly, Y. Sun, H. Ganjgahi,
        G. Deligiannidis, "Beyond Real Data", AISTATS 2026, arXiv 2510.08095.

    Example:
        >>> round(best_mean_weight(mean_task(20, gap=0.3)), 4)
        0.3571
    """
    if not ratio > 0:
        raise ValueError(f"ratio is {ratio}, allowed > 0 or math.inf")
    other = task.gap**2 + task.synthetic_error / ratio
    return task.real_error / (task.real_error + other)


@assuming(SHIFT, "all points are pooled with equal weights")
def best_mean_ratio(task: MeanTask) -> float:
    """Return the best number of synthetic points per real point, all pooled.

        rho* = (2 a - b) / (2 D^2 - b),    a = tr Sigma/N, b = tr Sigma_s/N

    between 0 and inf; with equal covariances M*/N = sigma^2 / (2 N W2^2 - sigma^2).
    Where the risk has no interior minimum the better end is returned.

    Args:
        task: the mean to estimate.

    Returns:
        rho* = M*/N in [0, inf].

    References:
        Derived here.

    Example:
        >>> round(20 * best_mean_ratio(mean_task(20, gap=0.3)), 2)
        7.69
        >>> best_mean_ratio(mean_task(20, gap=0.15))
        inf
    """
    gain = 2 * task.real_error - task.synthetic_error
    harm = 2 * task.gap**2 - task.synthetic_error
    if gain > 0 and harm > 0:
        return gain / harm
    return math.inf if task.gap**2 < task.real_error else 0.0


@assuming(SHIFT, "all points are pooled with equal weights")
def u_shape_threshold(task: MeanTask) -> float:
    """Return the distance above which too much synthetic data harms.

        D > sqrt(b / 2):  sigma / sqrt(2 N) with equal covariances

    Below it more is always better (if the synthetic variance is below twice the real
    one); above it the risk is U-shaped in the ratio.

    Args:
        task: the mean to estimate; its gap plays no part.

    Returns:
        The distance, in units of the data.

    References:
        Derived here.

    Example:
        >>> round(u_shape_threshold(mean_task(20, gap=0.0)), 4)
        0.1581
    """
    return math.sqrt(task.synthetic_error / 2)


def pool_tasks(tasks: list[MeanTask], shares: ArrayLike | None = None) -> MeanTask:
    """Average tasks that get one ratio in common, such as the classes of a data set.

    Args:
        tasks: one or more.
        shares: weight of each task's risk, sum 1; by default equal.

    Returns:
        The task whose risk is the mean of theirs, at every ratio.

    Example:
        >>> both = pool_tasks([mean_task(20, 0.1), mean_task(20, 0.7)])
        >>> float(both.risk(1.0).round(6)), round(both.gap, 4)
        (0.0875, 0.5)
    """
    equal = np.full(len(tasks), 1.0 / len(tasks))
    weights = equal if shares is None else check_range("shares", shares, 0.0)
    real, made, gap = np.array(tasks, np.float64).T
    squared = float(weights @ gap**2)
    return MeanTask(float(weights @ real), float(weights @ made), math.sqrt(squared))
