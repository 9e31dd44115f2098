"""A distance with its floor: can it be told from zero with so few points?

Every distance between samples is biased up: two halves of the same real data are at a
distance too, the floor. Halves drawn again and again give floor, debiased distance and
interval at once. Resamples with replacement would not do: their copies of points are at
distance zero, which no new points would be.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
from jaxtyping import Float
from threadpoolctl import threadpool_limits

from retrain_sim.dose.distances.kinds import KINDS, Kind

DRAWS = 24
LEAST = 4
"""Rows without which there are no halves with a spread."""

NORMAL_90 = 1.645
"""Half the width of a 90 % interval, in standard deviations."""


class Resolved(NamedTuple):
    """A distance between real and synthetic points, and how well it is known.

    Attributes:
        kind: its name.
        distance: between all points (or as many as ``Kind.most_rows``).
        floor: between two halves of the real points: what no difference looks like.
        gap2: debiased squared distance, may be negative.
        error: standard error of ``gap2``.
    """

    kind: str
    distance: float
    floor: float
    gap2: float
    error: float

    @property
    def interval(self) -> tuple[float, float]:
        """The 90 % interval of the debiased distance."""
        ends = (self.gap2 + sign * NORMAL_90 * self.error for sign in (-1, 1))
        low, high = (math.sqrt(max(end, 0.0)) for end in ends)
        return low, high

    @property
    def resolvable(self) -> bool:
        """Whether the interval excludes zero."""
        return self.interval[0] > 0


def resolve(
    x: Float[np.ndarray, "n d"],
    y: Float[np.ndarray, "m d"],
    kind: str = "sliced",
    draws: int = DRAWS,
    seed: int = 0,
) -> Resolved:
    """Measure a distance of synthetic from real points, with floor and interval.

        gap2 = d^2(A, S) - d^2(A, A')/2 - d^2(S, S')/2

    over random halves A, A' of the real and S, S' of the synthetic points: unbiased for
    the gap of two means, since each half brings its own noise. A half without
    replacement strays from the whole as the whole strays from the law, so that the
    spread over draws is the standard error.

    Args:
        x: real points ``[n, d]``, n >= 4.
        y: synthetic points ``[m, d]``, m >= 4.
        kind: of the distance, a name in ``KINDS``.
        draws: of halves, >= 2.
        seed: of the halves.

    Returns:
        Distances in units of the data; of sliced distances ``gap2`` is too.

    Raises:
        ValueError: Too few points.

    References:
        J. Shao, D. Tu, "The Jackknife and Bootstrap", 1995, section 2.3 (delete-half).
        Derived here: the debiasing.

    Example:
        >>> rng = np.random.default_rng(0)
        >>> x, y = rng.normal(size=(200, 2)), 3.0 + rng.normal(size=(200, 2))
        >>> resolve(x, y).resolvable, resolve(x[:100], x[100:]).resolvable
        (True, False)
    """
    if min(len(x), len(y)) < LEAST:
        raise ValueError(f"{len(x)} and {len(y)} points, allowed >= {LEAST} of each")
    rng, measure = np.random.default_rng(seed), KINDS[kind]
    x, y = (_thinned(rng, z, measure.most_rows) for z in (x, y))
    # Many small matrices: threads would wait for each other longer than they work.
    with threadpool_limits(1, "blas"):
        squares = np.array([_halves(rng, measure, x, y) for _ in range(draws)])
    gaps = squares @ [1.0, -0.5, -0.5]
    return Resolved(
        kind,
        math.sqrt(max(measure.squared(x, y), 0.0)),
        math.sqrt(max(float(squares[:, 1].mean()), 0.0)),
        float(gaps.mean()),
        float(gaps.std(ddof=1)),
    )


def _thinned(
    rng: np.random.Generator, x: Float[np.ndarray, "n d"], most: int
) -> Float[np.ndarray, "k d"]:
    return x if len(x) <= most else x[rng.choice(len(x), most, replace=False)]


def _halves(
    rng: np.random.Generator, kind: Kind, x: np.ndarray, y: np.ndarray
) -> tuple[float, float, float]:
    """Return d^2 between halves: real and synthetic, both real, both synthetic."""
    real, other_real = _split(rng, x)
    made, other_made = _split(rng, y)
    pairs = (real, made), (real, other_real), (made, other_made)
    across, floor, noise = (kind.squared(*pair) for pair in pairs)
    return across, floor, noise


def _split(rng: np.random.Generator, x: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Cut shuffled rows into two halves of one size."""
    order, half = rng.permutation(len(x)), len(x) // 2
    return x[order[:half]], x[order[half : 2 * half]]
