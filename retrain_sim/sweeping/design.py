"""The design of a sweep: named dimensions, and the settings at every point."""

from __future__ import annotations

import dataclasses
import itertools
import math
from collections import Counter
from collections.abc import Sequence
from typing import Any

import numpy as np

from retrain_sim.errors import UserError
from retrain_sim.sweeping.axes import MOST_VALUES, Axis

POINT = "point"
"""The one dimension of a random design."""

TAKEN = ("arm", "seed", "round", "step", "shown", "reward", POINT)
"""Names that results have already."""


@dataclasses.dataclass(frozen=True)
class Design:
    """What is swept, and how: a grid, or points drawn at random.

    Args:
        axes: the swept settings; of a random design with one value per point.
        random: whether the points are drawn; else they are all combinations.

    Example:
        >>> design = grid([Axis("regime.real_share", (0.0, 0.1)), Axis("data.n", (9,))])
        >>> len(design), design.shape, design.point(1)
        (2, (2, 1), {'regime.real_share': 0.1, 'data.n': 9})
    """

    axes: tuple[Axis, ...]
    random: bool = False

    @property
    def names(self) -> dict[str, str]:
        """Path -> a short name: its last part, or all of it if two end alike."""
        return dict(zip(self.paths, short_names(self.paths), strict=True))

    @property
    def paths(self) -> list[str]:
        """The swept settings."""
        return [axis.path for axis in self.axes]

    @property
    def dims(self) -> tuple[str, ...]:
        """The dimensions of the results that the sweep adds."""
        return (POINT,) if self.random else tuple(self.names.values())

    @property
    def shape(self) -> tuple[int, ...]:
        """Their lengths."""
        lengths = tuple(len(axis.values) for axis in self.axes)
        return lengths[:1] if self.random else lengths

    def only(self, paths: Sequence[str]) -> Design:
        """Return the design of some of its axes."""
        return Design(tuple(a for a in self.axes if a.path in paths), self.random)

    def __len__(self) -> int:
        """Count the points."""
        return math.prod(self.shape)

    def place(self, index: int) -> tuple[int, ...]:
        """Return the place of a point on every axis; the last axis moves first."""
        if self.random:
            return (index,) * len(self.axes)
        return tuple(int(i) for i in np.unravel_index(index, self.shape))

    def point(self, index: int) -> dict[str, Any]:
        """Return the settings at a point: path -> value."""
        at = self.place(index)
        return {a.path: a.values[i] for a, i in zip(self.axes, at, strict=True)}


def grid(axes: Sequence[Axis]) -> Design:
    """Combine every value of every axis with all others.

    Raises:
        UserError: no axis, an axis twice, or a value twice.
    """
    _check(axes)
    for axis in axes:
        twice = [value for value, n in Counter(axis.values).items() if n > 1]
        if twice:
            raise UserError(f"--over {axis.path}: {twice[0]} is there twice")
    return Design(tuple(axes))


def drawn(axes: Sequence[Axis], n_points: int, seed: int) -> Design:
    """Draw points at random: every axis uniform over its range, or its values.

    The ranges are stratified (Latin hypercube sampling): each n-th part of a range
    holds one point.

    Args:
        axes: ranges and lists of values.
        n_points: how many, >= 1.
        seed: of the draw.

    References:
        M. D. McKay, R. J. Beckman, W. J. Conover, "A Comparison of Three Methods for
        Selecting Values of Input Variables", Technometrics 21(2), 1979.

    Raises:
        UserError: no axis, an axis twice, or no point.

    Example:
        >>> design = drawn([Axis("regime.real_share", low=0.0, high=0.5)], 2, seed=0)
        >>> [value < 0.25 for value in sorted(design.axes[0].values)]
        [True, False]
    """
    _check(axes)
    if n_points < 1:
        raise UserError(f"--random {n_points}: at least one point is needed")
    if n_points > MOST_VALUES:
        raise UserError(f"--random {n_points}: at most {MOST_VALUES} points")
    rng = np.random.default_rng(seed)
    made = [dataclasses.replace(a, values=_draw(a, n_points, rng)) for a in axes]
    return Design(tuple(made), random=True)


def _draw(axis: Axis, n: int, rng: np.random.Generator) -> tuple[Any, ...]:
    share = (rng.permutation(n) + rng.random(n)) / n
    if not axis.is_random:
        return tuple(axis.values[int(u * len(axis.values))] for u in share)
    low, high = axis.low, axis.high
    found = low * (high / low) ** share if axis.log else low + (high - low) * share
    return tuple(float(f"{x:.9g}") for x in found)


def _check(axes: Sequence[Axis]) -> None:
    if not axes:
        raise UserError("nothing to sweep: give --over PATH=VALUES, or a [sweep] table")
    twice = [p for p, n in Counter(a.path for a in axes).items() if n > 1]
    if twice:
        raise UserError(f"--over {twice[0]}: this dimension is swept twice")
    for inner, outer in itertools.permutations([a.path for a in axes], 2):
        if inner.startswith(f"{outer}."):
            raise UserError(f"--over {inner}: it is a part of {outer}, swept as well")


def short_names(paths: Sequence[str]) -> list[str]:
    """Name dimensions after the last part of their paths, where that is clear.

    Example:
        >>> short_names(["curation.voter_weights.0", "regime.real_share"])
        ['voter_weights_0', 'real_share']
        >>> short_names(["reward.a.scale", "reward.b.scale"])
        ['reward_a_scale', 'reward_b_scale']
    """
    short = [_last_part(path) for path in paths]
    taken = {*TAKEN, *(name for name, n in Counter(short).items() if n > 1)}
    return [
        path.replace(".", "_") if name in taken else name
        for path, name in zip(paths, short, strict=True)
    ]


def _last_part(path: str) -> str:
    *_, above, last = ("", *path.split("."))
    return f"{above}_{last}" if last.isdigit() else last
