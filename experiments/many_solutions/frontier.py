"""The frontier of accuracy and entropy, over coefficients rather than a winner."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

import numpy as np

from experiments.policies import Rows, measure
from retrain_sim.bootstrap import mean_interval

Arm = tuple[str, dict[str, Any]]


class Point(NamedTuple):
    """Means over seeds at the end of a run, with bootstrap intervals."""

    coefficient: float
    entropy: tuple[float, float, float]
    right: tuple[float, float, float]


def frontier_arms(short: bool = False) -> dict[str, dict[str, Arm]]:
    """List what is swept: line -> arm -> recipe and changes.

    Args:
        short: REPO-const alone.

    Example:
        >>> list(frontier_arms(short=True)["REPO-const"])[0]
        'REPO-const, 0'
    """
    swept = {
        "REPO-const": ("rloo+repo-const", "transform", "beta", _STEPS),
        "entropy bonus": ("rloo+entropy-bonus", "bonus", "coefficient", _STEPS),
        "KL to reference": ("rloo+kl-reference", "bonus", "coefficient", _STEPS),
        "REPO-N": ("rloo+repo-n", "transform", "zeta", (0.0, 0.3, 0.6, 0.8, 0.9, 1.0)),
        "REPO-R on LOOP": ("loop+repo-r", "transform", "zeta", _ZETAS),
    }
    lines = {
        line: {f"{line}, {x:g}": _arm(recipe, part, field, x) for x in coefficients}
        for line, (recipe, part, field, coefficients) in swept.items()
    }
    return {"REPO-const": lines["REPO-const"]} if short else lines


_STEPS = (0.0, 0.02, 0.05, 0.1, 0.15, 0.2, 0.3)
_ZETAS = (0.0, 0.1, 0.2, 0.3, 0.5, 1.0)


def _arm(recipe: str, part: str, field: str, x: float) -> Arm:
    """Set one coefficient, and hold it: no controller."""
    return recipe, {part: {field: x}, "knob": "", "controller": {"kind": "fixed"}}


def points(
    lines: Mapping[str, Mapping[str, Arm]], rows: Mapping[str, Rows]
) -> dict[str, list[Point]]:
    """Measure every line of the frontier."""
    return {
        line: [_point(float(name.rsplit(" ", 1)[1]), rows[name]) for name in arms]
        for line, arms in lines.items()
    }


def _point(coefficient: float, rows: Rows) -> Point:
    found = measure(rows)
    return Point(coefficient, _interval(found.entropy), _interval(found.right))


def _interval(values: np.ndarray) -> tuple[float, float, float]:
    low, high = mean_interval(values)
    return float(values.mean()), float(low), float(high)
