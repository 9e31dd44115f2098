"""A forecast as plain data: what ``retrain-sim forecast --json`` prints."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from retrain_sim.forecasting.forecast import Fate, Forecast


def summary(found: Forecast) -> dict[str, Any]:
    """Return a forecast as JSON knows it.

    Args:
        found: of ``forecast``.

    Returns:
        Numbers, text, lists and tables. An infinite slate size or temperature is
        "inf"; ``half_life`` is None if never within the rounds; without groups
        ``group_masses`` and ``loss_probability`` are empty. ``index`` counts the rows
        of the file from 0.

    Example:
        >>> from retrain_sim.forecasting import forecast
        >>> summary(forecast({"a": [0.0, 2.0]}))["voters"][0]["survives"]
        True
    """
    rows, shares = found.nash_rows
    return {
        "n_outcomes": int(found.pool.probs.size),
        "rewards": list(found.pool.names),
        "voter_weights": found.weights.tolist(),
        "slate_size": _size(found.settings.slate_size),
        "temperature": _size(float(found.settings.temperature)),
        "limit": {
            "kind": found.end.kind,
            "group_masses": _by_group(found, found.end_masses),
            "mean_rewards": _by_reward(found, found.end_rewards),
        },
        "nash": {
            "mean_utilities": found.nash.mean_utilities.tolist(),
            "welfare": found.nash.welfare,
            "gap": found.nash.gap,
            "support": [
                {"index": int(row), "prob": float(share)}
                for row, share in zip(rows, shares, strict=True)
            ],
        },
        "trajectory": _trajectory(found),
        "voters": [
            _voter(fate, weight)
            for fate, weight in zip(found.voters, found.weights, strict=True)
        ],
        "half_life": found.half_life,
        "loss_probability": (
            _by_group(found, found.risk.loss_probability) if found.risk else {}
        ),
    }


def _size(value: float) -> float | int | str:
    """Write an infinite size as text: JSON has no infinity."""
    if math.isinf(value):
        return "inf"
    return int(value) if float(value).is_integer() else float(value)


def _trajectory(found: Forecast) -> dict[str, Any]:
    course = found.course
    return {
        "round": list(range(len(course.entropy))),
        "entropy": course.entropy.tolist(),
        "effective_outcomes": course.effective_outcomes.tolist(),
        "welfare_gap": found.welfare_gap.tolist(),
        "mean_rewards": _by_reward(found, course.mean_rewards.T),
        "group_masses": _by_group(found, course.group_masses.T),
    }


def _voter(fate: Fate, weight: float) -> dict[str, Any]:
    who = fate.survival
    return {
        "name": who.name,
        "weight": float(weight),
        "survives": who.survives,
        "margin": who.margin,
    }


def _by_reward(found: Forecast, values: np.ndarray) -> dict[str, Any]:
    return dict(zip(found.pool.names, values.tolist(), strict=True))


def _by_group(found: Forecast, values: np.ndarray) -> dict[str, Any]:
    if not found.pool.group_names:
        return {}
    return dict(zip(found.pool.group_names, values.tolist(), strict=True))
