"""Ranges that many settings share: what a component's ``check`` yields."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

import numpy as np


def at_least(component: Any, **least: float) -> Iterator[tuple[str, str]]:
    """Yield the settings that are below their least value, or not finite.

    Args:
        component: what has the settings.
        **least: setting -> its least allowed value.

    Yields:
        The setting and what is wrong with it.

    Example:
        >>> from retrain_sim.data import Gaussian
        >>> list(at_least(Gaussian(n=1), dim=1, n=2))
        [('n', 'must be at least 2, got 1')]
    """
    for name, low in least.items():
        if not low <= getattr(component, name) < math.inf:
            yield name, f"must be at least {low}, got {getattr(component, name)}"


def positive(component: Any, *names: str) -> Iterator[tuple[str, str]]:
    """Yield the settings that are not positive, or not finite.

    Example:
        >>> from retrain_sim.data import Gaussian
        >>> list(positive(Gaussian(sd=0.0), "sd"))
        [('sd', 'must be positive, got 0.0')]
    """
    for name in names:
        if not 0 < getattr(component, name) < math.inf:
            yield name, f"must be positive, got {getattr(component, name)}"


def finite(component: Any, *names: str) -> Iterator[tuple[str, str]]:
    """Yield the lists of numbers that are empty, or not finite.

    Example:
        >>> from retrain_sim.rewards import Linear
        >>> list(finite(Linear((1.0, float("nan"))), "weights"))
        [('weights', 'must be finite numbers, got [1.0, nan]')]
    """
    for name in names:
        values = np.asarray(getattr(component, name))
        if not values.size or not np.isfinite(values).all():
            yield name, f"must be finite numbers, got {values.tolist()}"


def shares(component: Any, *names: str) -> Iterator[tuple[str, str]]:
    """Yield the settings that are no share: below 0, above 1, or no number.

    Example:
        >>> from retrain_sim.policy.environments import ManySolutions
        >>> list(shares(ManySolutions(keep=1.5), "keep"))
        [('keep', 'must be between 0 and 1, got 1.5')]
    """
    for name in names:
        if not 0 <= getattr(component, name) <= 1:
            yield name, f"must be between 0 and 1, got {getattr(component, name)}"
