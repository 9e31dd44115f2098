"""A generalization bound that is U-shaped in the share of synthetic data."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
from jaxtyping import Float
from numpy.typing import ArrayLike

from retrain_sim.dose.laws.mean import TINY
from retrain_sim.theory.checks import check_count, check_number, check_range
from retrain_sim.theory.laws.hypotheses import assuming

CONVEX = "a loss that is Lipschitz in the hypothesis and in the data"


class StabilityTask(NamedTuple):
    """What the bound needs to know.

    Attributes:
        n_real: N >= 1.
        distance: W >= 0, Wasserstein distance of real and synthetic law.
        lipschitz: L > 0 of the loss, in the hypothesis.
        data_lipschitz: xi > 0 of the loss, in the data.
        convexity: gamma > 0 of the objective.
        synthetic_curvature: whether only the synthetic term curves: gamma = t gamma_0.
    """

    n_real: int
    distance: float
    lipschitz: float = 1.0
    data_lipschitz: float = 1.0
    convexity: float = 1.0
    synthetic_curvature: bool = False

    def check(self) -> None:
        """Raise ValueError for the first value that is out of range."""
        check_count("n_real", self.n_real, minimum=1)
        check_number("distance", self.distance, 0.0)
        for name in ("lipschitz", "data_lipschitz", "convexity"):
            check_number(name, getattr(self, name), TINY)


@assuming(CONVEX, "a strongly convex objective", "infinitely many synthetic points")
def stability_bound(task: StabilityTask, shares: ArrayLike) -> Float[np.ndarray, " l"]:
    """Bound the excess risk at some shares of synthetic data.

        2 t xi W + 2 L^2 (1 - t)^2 / (N gamma)

    the price of the wrong law and the price of few data, for the minimizer of
    (1 - t) real loss + t synthetic loss.

    Args:
        task: the constants.
        shares: t in [0, 1] ``[l]``; > 0 where only the synthetic term curves.

    Returns:
        ``[l]``.

    Raises:
        ValueError: If an argument is outside its range.

    References:
        Derived here; an instance of Theorem 3.1 of Shidani et al., arXiv 2510.08095.

    Example:
        >>> stability_bound(StabilityTask(100, 0.01), [0.0, 0.5, 1.0]).round(4)
        array([0.02 , 0.015, 0.02 ])
    """
    task.check()
    t = check_range("shares", shares, TINY if task.synthetic_curvature else 0.0, 1.0)
    curvature = task.convexity * (t if task.synthetic_curvature else 1.0)
    few = 2 * task.lipschitz**2 * (1 - t) ** 2 / (task.n_real * curvature)
    return 2 * t * task.data_lipschitz * task.distance + few


@assuming(CONVEX, "a strongly convex objective", "infinitely many synthetic points")
def best_stable_share(task: StabilityTask) -> float:
    """Return the share of synthetic data at which `stability_bound` is least.

        t* = max(0, 1 - xi W N gamma / (2 L^2))
        t* = 1 / sqrt(1 + xi W N gamma_0 / L^2)    where gamma = t gamma_0

    Args:
        task: the constants.

    Returns:
        t* in [0, 1]; it falls with N and with W.

    Raises:
        ValueError: If the task is out of range.

    References:
        Derived here.

    Example:
        >>> best_stable_share(StabilityTask(100, 0.01))
        0.5
    """
    task.check()
    pull = task.data_lipschitz * task.distance * task.n_real * task.convexity
    pull /= task.lipschitz**2
    return 1 / math.sqrt(1 + pull) if task.synthetic_curvature else max(0, 1 - pull / 2)


@assuming(CONVEX, "a strongly convex objective, whatever the share")
def useless_distance(task: StabilityTask) -> float:
    """Return the distance from which on the bound advises no synthetic data.

        W = 2 L^2 / (xi N gamma)

    Args:
        task: the constants; its distance plays no part.

    Returns:
        W; inf where only the synthetic term curves.

    Raises:
        ValueError: If the task is out of range.

    References:
        Derived here.

    Example:
        >>> useless_distance(StabilityTask(100, 0.0))
        0.02
    """
    task.check()
    if task.synthetic_curvature:
        return math.inf
    scale = task.data_lipschitz * task.n_real * task.convexity
    return 2 * task.lipschitz**2 / scale
