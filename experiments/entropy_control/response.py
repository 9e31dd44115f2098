"""What a controller made of a step of its target."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from jaxtyping import Float

from experiments.entropy_control.arms import AFTER
from experiments.policies import Rows

WINDOW = 100
"""Rounds at the end of a phase over which its level is measured."""

SMOOTH, BAND = 20, 0.05
"""Settled: the mean of so many rounds is within this share of the start, for good."""


class Response(NamedTuple):
    """Seed by seed; entropies as shares of the start, times in rounds.

    Args:
        before: mean entropy at the end of the first phase.
        after: mean entropy at the end of the second.
        amplitude: standard deviation over the last rounds, in shares of the start.
        swing: range of the knob over the last rounds.
        settling: rounds from the step until the entropy stays near the new target.
    """

    before: Float[np.ndarray, " s"]
    after: Float[np.ndarray, " s"]
    amplitude: Float[np.ndarray, " s"]
    swing: Float[np.ndarray, " s"]
    settling: Float[np.ndarray, " s"]


def respond(rows: Rows, step: int) -> Response:
    """Measure the response of one controller."""
    share = rows["policy/entropy"] / rows["policy/entropy"][:, :1]
    last, knob = share[:, -WINDOW:], rows["policy/knob"][:, -WINDOW:]
    return Response(
        share[:, step - WINDOW : step].mean(axis=1),
        last.mean(axis=1),
        last.std(axis=1),
        np.ptp(knob, axis=1),
        settling(share[:, step:], AFTER),
    )


def settling(share: Float[np.ndarray, "s t"], target: float) -> Float[np.ndarray, " s"]:
    """Return after how many rounds the smoothed path stays near the target.

    Example:
        >>> path = np.full((1, 100), 0.25)
        >>> path[0, :30] = 0.5
        >>> settling(path, 0.25).tolist()
        [26.0]
    """
    padded = np.concatenate([np.zeros_like(share[:, :1]), share], axis=1)
    sums = np.cumsum(padded, axis=1)
    smooth = (sums[:, SMOOTH:] - sums[:, :-SMOOTH]) / SMOOTH
    away = np.abs(smooth - target) > BAND
    last = away.shape[1] - np.argmax(away[:, ::-1], axis=1)
    return np.where(away.any(axis=1), last, 0).astype(float)
