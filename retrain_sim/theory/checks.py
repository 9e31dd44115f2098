"""Checks of arguments, on the host: one line that says what is wrong and allowed."""

import math
from numbers import Real

import numpy as np
from jaxtyping import Float
from numpy.typing import ArrayLike


def check_range(
    name: str, values: int | float | ArrayLike, low: float, high: float = math.inf
) -> Float[np.ndarray, "..."]:
    """Return finite float64 values in [low, high], or raise ValueError."""
    array = np.asarray(values, dtype=np.float64)
    wrong = array[~(np.isfinite(array) & (array >= low) & (array <= high))]
    if wrong.size:
        raise ValueError(
            f"{name} contains {wrong.flat[0]}, allowed finite in [{low}, {high}]"
        )
    return array


def check_number(
    name: str, value: int | float, low: float, high: float = math.inf
) -> float:
    """Return a finite float in [low, high], or raise ValueError."""
    if np.ndim(value):
        raise ValueError(f"{name} has shape {np.shape(value)}, allowed a number")
    return float(check_range(name, value, low, high))


def check_probs(name: str, values: ArrayLike) -> Float[np.ndarray, " n"]:
    """Return a probability vector renormalized to rounding, or raise ValueError."""
    array = check_range(name, values, 0.0)
    if array.ndim != 1 or array.size == 0:
        raise ValueError(f"{name} has shape {array.shape}, allowed [n] with n >= 1")
    total = array.sum()
    if not abs(total - 1.0) <= 1e-6:
        raise ValueError(f"{name} sums to {total}, allowed 1 within 1e-6")
    return array / total


def check_like(
    name: str, values: ArrayLike, probs: Float[np.ndarray, "..."]
) -> Float[np.ndarray, " n"]:
    """Return a probability vector over the atoms of probs, or raise ValueError."""
    array = check_probs(name, values)
    if array.shape != probs.shape[-1:]:
        raise ValueError(
            f"{name} has shape {array.shape}, allowed {probs.shape[-1:]} as probs"
        )
    return array


def check_count(name: str, value: int | float, minimum: int) -> int:
    """Return an int >= minimum, or raise ValueError."""
    if not (float(value).is_integer() and value >= minimum):
        raise ValueError(f"{name} is {value}, allowed integers >= {minimum}")
    return int(value)


def check_slate_size(value: int | float) -> float:
    """Return K as a float (it is traced, never static), or raise ValueError."""
    number = isinstance(value, Real) or getattr(value, "shape", None) == ()
    if not (number and value >= 1 and (value == math.inf or not value % 1)):
        raise ValueError(f"slate_size is {value!r}, allowed integers >= 1 or math.inf")
    return float(value)


def check_temperature(value: int | float) -> float:
    """Return a float > 0 or inf, or raise ValueError."""
    if not value > 0:
        raise ValueError(f"temperature is {value}, allowed > 0 or math.inf")
    return float(value)


def check_voters(
    rewards: ArrayLike, voter_weights: ArrayLike, n: int
) -> tuple[Float[np.ndarray, "m n"], Float[np.ndarray, " m"]]:
    """Return finite rewards [m, n] and voter weights [m], or raise ValueError."""
    rewards = check_range("rewards", rewards, -math.inf)
    weights = check_probs("voter_weights", voter_weights)
    if rewards.shape != (weights.size, n):
        raise ValueError(
            f"rewards has shape {rewards.shape}, allowed {(weights.size, n)}:"
            " one row per voter weight, one column per atom"
        )
    return rewards, weights
