"""Where infinite slates end on simple landscapes: plateaus, two optima, a triangle.

All are special cases of `nash_bargaining` in closed form, derived here: they show when
pluralism survives and when it collapses to a compromise.
"""

import math
from typing import NamedTuple

import numpy as np
from jaxtyping import Float
from numpy.typing import ArrayLike

from retrain_sim.theory.checks import (
    check_number,
    check_probs,
    check_range,
    check_temperature,
)


class QuadraticLimit(NamedTuple):
    """One or two outcomes between two optima.

    Attributes:
        positions: Ascending, along the line from optimum 1 at -distance / 2 to optimum
            2 at distance / 2 [k].
        probs: Their shares [k], > 0, sum 1.
    """

    positions: Float[np.ndarray, " k"]
    probs: Float[np.ndarray, " k"]


class TriangleTransition(NamedTuple):
    """Three optima at the corners of an equilateral triangle, equal voters.

    Attributes:
        circumradius: Of the optima, where consensus and pluralism are equally good.
        radius: Of the three outcomes of pluralism there: they do not start at 0.
        stable_until: Circumradius up to which outcomes near the center cannot invade a
            consensus; above `circumradius` only distant outcomes can.
    """

    circumradius: float
    radius: float
    stable_until: float


def plateau_limit(
    voter_weights: ArrayLike, leakage: int | float | ArrayLike
) -> Float[np.ndarray, " m"]:
    """Predict the shares that infinite slates leave to plateaus, one per voter.

    Equal leakage k between all m plateaus:

        a_j = (w_j (1 + (m - 1) k) - k) / (1 - k)

    where plateaus below 0 are lost, and m and the weights are those of the rest. Two
    plateaus with leakages k_1 and k_2:

        a_1 = (q (1 - k_1 k_2) - k_1 (1 - k_2)) / ((1 - k_1) (1 - k_2)), within [0, 1]

    Args:
        voter_weights: Probability that each voter judges a slate [m], >= 0, sum 1.
        leakage: Utility, to a voter, of the other plateaus over that of its own, in
            [0, 1): one number, or (k_1, k_2) for two voters.

    Returns:
        a [m].

    Raises:
        ValueError: If an argument is outside these ranges.

    References:
        Derived here, for the curation of Falahati et al., 2026, arXiv:2605.07724.

    Example:
        >>> plateau_limit([0.5, 0.4, 0.1], leakage=0.2).round(4)
        array([0.5833, 0.4167, 0.    ])
    """
    weights = check_probs("voter_weights", voter_weights)
    k = check_range("leakage", leakage, 0.0, np.nextafter(1.0, 0.0))
    if k.shape == (2,) and weights.size == 2:
        q, (k_1, k_2) = weights[0], k
        a = (q * (1 - k_1 * k_2) - k_1 * (1 - k_2)) / ((1 - k_1) * (1 - k_2))
        return np.array([np.clip(a, 0.0, 1.0), np.clip(1.0 - a, 0.0, 1.0)])
    if k.ndim:
        raise ValueError(
            f"leakage has shape {k.shape} for {weights.size} voters, allowed a number,"
            " or (k_1, k_2) for 2 voters"
        )
    return _equal_plateaus(weights, float(k))


def quadratic_limit(
    distance: int | float, q: int | float, temperature: int | float = 1.0
) -> QuadraticLimit:
    """Predict what infinite slates leave of two quadratic rewards, in any dimension.

    With r_i(x) = -|x - mu_i|^2, all outcomes possible at first, and lengths in units of
    sqrt(temperature): up to |mu_1 - mu_2| = D = sqrt(2) one compromise at the weighted
    mean of the optima. Beyond, two outcomes at -y and y about the midpoint,

        y = (D/2) tanh(D y),    k' = exp(-2 D y),
        share of the first = (q (1 + k') - k') / (1 - k')

    unless |1 - 2 q| >= 2 y / D: again one at the weighted mean. The transition is
    continuous.

    Args:
        distance: |mu_1 - mu_2| >= 0.
        q: Probability that voter 1 judges a slate, in [0, 1].
        temperature: Unit of the rewards, > 0.

    Returns:
        Positions, in the units of distance, and shares.

    Raises:
        ValueError: If an argument is outside these ranges.

    References:
        Derived here, for the landscape of Falahati et al., 2026, arXiv:2605.07724.

    Example:
        >>> limit = quadratic_limit(distance=2.0, q=0.5)
        >>> limit.positions.round(4), limit.probs
        (array([-0.9575,  0.9575]), array([0.5, 0.5]))
        >>> quadratic_limit(distance=1.4, q=0.5).positions
        array([0.])
    """
    q = check_number("q", q, 0.0, 1.0)
    unit = math.sqrt(check_number("temperature", check_temperature(temperature), 0.0))
    d = check_number("distance", distance, 0.0) / unit
    mean = d * (1.0 - 2.0 * q) / 2.0
    y = _offset(d)
    if abs(mean) >= y:
        return QuadraticLimit(np.array([mean * unit]), np.array([1.0]))
    k = math.exp(-2.0 * d * y)
    first = (q * (1.0 + k) - k) / (1.0 - k)
    return QuadraticLimit(np.array([-y, y]) * unit, np.array([first, 1.0 - first]))


def triangle_transition(temperature: int | float = 1.0) -> TriangleTransition:
    """Solve for the first-order transition of three equal voters on a triangle.

    With quadratic rewards and optima at the corners of an equilateral triangle of
    circumradius rho, three equal outcomes at radius y towards the corners have

        F(y) - F(0) = log((exp(2 rho y) + 2 exp(-rho y)) / 3) - y^2

    The transition is where its greatest value over y > 0 reaches 0. The growth of an
    outcome at x near a consensus at the center is 1 + (rho^2 - 1) |x|^2.

    Args:
        temperature: Unit of the rewards, > 0.

    Returns:
        Lengths, 0.96135 and 0.4807 and 1 times sqrt(temperature).

    Raises:
        ValueError: If the temperature is outside this range.

    References:
        Derived here.

    Example:
        >>> [round(value, 4) for value in triangle_transition()]
        [0.9614, 0.4807, 1.0]
    """
    unit = math.sqrt(check_number("temperature", check_temperature(temperature), 0.0))

    def balance(t: float) -> float:
        """Return F(y) - F(0) where F'(y) = 0, as a function of t = rho y."""
        return math.log((math.exp(2 * t) + 2 * math.exp(-t)) / 3) - t * _pull(t)

    t = _root(balance, 0.1, 2.0)
    y = math.sqrt(t * _pull(t))
    return TriangleTransition(t / y * unit, y * unit, unit)


def _equal_plateaus(weights, k):
    alive = np.ones(weights.size, dtype=bool)
    while True:
        votes = weights * alive / weights[alive].sum()
        a = (votes * (1.0 + (alive.sum() - 1.0) * k) - k) / (1.0 - k)
        if (a[alive] >= 0).all():
            return np.where(alive, a, 0.0)
        alive &= a >= 0


def _offset(d):
    """Solve y = (d/2) tanh(d y) for y > 0; 0 when d <= sqrt(2)."""
    if d * d <= 2.0:
        return 0.0
    # The right side has its greatest excess over y below d/2, where the root lies.
    low = math.acosh(d / math.sqrt(2.0)) / d
    return _root(lambda y: d / 2.0 * math.tanh(d * y) - y, low, d / 2.0)


def _pull(t):
    """Return y / rho where the welfare of three outcomes is stationary, t = rho y."""
    return math.expm1(3 * t) / (math.exp(3 * t) + 2.0)


def _root(function, low, high):
    # A tenth of a second to import, and only these limits need it.
    from scipy.optimize import brentq

    return brentq(function, low, high, xtol=1e-15)
