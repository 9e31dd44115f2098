"""Solvers of x' = v(x, t) from t = 0 to t = 1, inside a compiled program.

References:
    P. Bogacki, L. F. Shampine, "A 3(2) pair of Runge-Kutta formulas", Applied
    Mathematics Letters 1989 (the adaptive one).
"""

from __future__ import annotations

from collections.abc import Callable

import jax
import jax.numpy as jnp
from jaxtyping import Array, Float

Field = Callable[[Array, Array], Array]
"""A velocity ``(x [n, d], t []) -> [n, d]``."""

SOLVERS = ("adaptive", "euler", "heun", "midpoint")
SMALLEST, LARGEST, SHRINK, GROW, SAFETY = 1e-4, 0.25, 0.2, 5.0, 0.9
"""Steps of the adaptive solver, and how much they may change at once."""


def solve(
    velocity: Field,
    x: Float[Array, "n d"],
    solver: str,
    n_steps: int,
    tolerance: Float[Array, ""] | float,
) -> Float[Array, "n d"]:
    """Follow a velocity field over unit time.

    Args:
        velocity: the field.
        x: where to start.
        solver: one of ``SOLVERS`` (static).
        n_steps: of equal length; the adaptive solver begins with a step 1 / n_steps.
        tolerance: of the adaptive solver, > 0: allowed error of a step, root mean
            square over all coordinates, as a share of 1 + |x|.

    Returns:
        The positions at t = 1.

    Example:
        >>> grow = lambda x, t: x
        >>> one = jnp.ones((1, 1))
        >>> [round(float(solve(grow, one, s, 20, 1e-4)[0, 0]), 2) for s in SOLVERS]
        [2.72, 2.65, 2.72, 2.72]
    """
    if solver == "adaptive":
        return _adaptive(velocity, x, 1 / n_steps, tolerance)
    step = {"euler": _euler, "heun": _heun, "midpoint": _midpoint}[solver]
    h = 1 / n_steps

    def advance(x: Array, i: Array) -> tuple[Array, None]:
        return x + h * step(velocity, x, i, h), None

    return jax.lax.scan(advance, x, jnp.arange(n_steps))[0]


def _euler(velocity: Field, x: Array, i: Array, h: float) -> Array:
    return velocity(x, i * h)


def _heun(velocity: Field, x: Array, i: Array, h: float) -> Array:
    first = velocity(x, i * h)
    return (first + velocity(x + h * first, (i + 1) * h)) / 2


def _midpoint(velocity: Field, x: Array, i: Array, h: float) -> Array:
    return velocity(x + h / 2 * velocity(x, i * h), (i + 0.5) * h)


def _adaptive(
    velocity: Field, x: Array, h: float, tolerance: Float[Array, ""] | float
) -> Array:
    """Take steps whose estimated error stays within the tolerance.

    The smallest step is always accepted, so that the loop ends whatever the field.
    """

    def unfinished(state: tuple) -> Array:
        return state[1] < 1

    def attempt(state: tuple) -> tuple:
        x, t, h, slope = state
        h = jnp.minimum(h, 1 - t)
        new, end, error = _pair(velocity, x, t, h, slope)
        ratio = jnp.sqrt(jnp.mean((error / (1 + jnp.abs(new))) ** 2)) / tolerance
        accept = (ratio <= 1) | (h <= SMALLEST)
        factor = jnp.clip(SAFETY * (ratio + 1e-9) ** (-1 / 3), SHRINK, GROW)
        longer = jnp.clip(jnp.nan_to_num(h * factor), SMALLEST, LARGEST)
        # The last step ends at 1 exactly: 1 - t + t may not, in floating point.
        later = jnp.where(h >= 1 - t, 1.0, t + h)
        return (
            jnp.where(accept, new, x),
            jnp.where(accept, later, t),
            longer,
            jnp.where(accept, end, slope),
        )

    time = jnp.zeros((), x.dtype)
    start = (x, time, jnp.asarray(h, x.dtype), velocity(x, time))
    return jax.lax.while_loop(unfinished, attempt, start)[0]


def _pair(velocity: Field, x: Array, t: Array, h: Array, k1: Array) -> tuple:
    """Return the third-order step, the slope at its end, and the error estimate."""
    k2 = velocity(x + h / 2 * k1, t + h / 2)
    k3 = velocity(x + 3 * h / 4 * k2, t + 3 * h / 4)
    new = x + h * (2 * k1 + 3 * k2 + 4 * k3) / 9
    k4 = velocity(new, t + h)
    return new, k4, h * (-5 * k1 + 6 * k2 + 8 * k3 - 9 * k4) / 72
