"""The plan: which points share a program, and which runs are still to do."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Callable, Sequence
from typing import Any

import jax
import numpy as np

from retrain_sim.registry import build
from retrain_sim.spec import (
    Spec,
    build_metric,
    build_reward,
    metric_names,
    reward_names,
)
from retrain_sim.sweeping.axes import Axis
from retrain_sim.sweeping.design import Design
from retrain_sim.sweeping.settings import spec_at

UNIT_SECONDS = 5.0
"""About how long a unit takes: what a kill costs, and what storing is shared by."""

PROBE_RUNS = 64
"""Runs of a group's first unit, which tells how long a run takes."""


def programs_of(spec: Spec) -> tuple[Any, ...]:
    """Tell the programs of a scenario's arms apart, without preparing anything.

    What is static in any component, and the shapes of all leaves, decide. Scenarios
    that are told apart here may still share a program; never the other way round.
    """
    names = zip(reward_names(spec), spec.values["reward"], strict=True)
    shared = [build(s, spec.values[s], s) for s in ("data", "model", "groups")]
    shared += [build_reward(*named) for named in names]
    shared += [build_metric(spec, name) for name in metric_names(spec)]
    return tuple(
        _signature([*shared, *[build(s, table, s) for s, table in arm.items()]])
        for arm in spec.arms.values()
    )


def _signature(parts: Sequence[Any]) -> Any:
    leaves, structure = jax.tree.flatten(parts)
    return structure, tuple(np.shape(leaf) for leaf in leaves)


def labels_of(axis: Axis, programs: Callable[[dict[str, Any]], Any]) -> tuple[int, ...]:
    """Number the values of an axis by the programs that they need.

    Of finite numbers with a fraction, which are leaves or else all alike, only the
    ends are tried.

    Args:
        axis: a swept setting.
        programs: ``point -> what tells its programs from others'``; hashable.
    """
    known: dict[Any, int] = {}

    def label(value: Any) -> int:
        return known.setdefault(programs({axis.path: value}), len(known))

    values = axis.values
    floats = all(isinstance(v, float) and math.isfinite(v) for v in values)
    if floats and label(min(values)) == label(max(values)):
        return (0,) * len(values)
    by_value = {repr(v): v for v in values}
    found = {name: label(value) for name, value in by_value.items()}
    return tuple(found[repr(v)] for v in values)


@dataclasses.dataclass
class Share:
    """Points that share their programs, with the runs ``[point, seed]`` still to do."""

    points: list[int]
    todo: np.ndarray
    programs: tuple[Any, ...]
    run_s: float | None = None
    point_s: float = 0.0
    probing: bool = False

    @property
    def left(self) -> int:
        """Runs still to do."""
        return int(self.todo.sum())

    def take(
        self, room: tuple[int, int], batch: int | None
    ) -> tuple[list[int], int, int]:
        """Take the points, first seed and number of seeds of the next unit.

        Seeds of one point first; further points if the very same seeds are missing.
        """
        runs = min(room[0] * room[1], batch or self._affordable())
        first = int(np.flatnonzero(self.todo.any(axis=1))[0])
        start, n_seeds = _first_gap(self.todo[first])
        n_seeds, last = min(n_seeds, runs, room[1]), first + 1
        end = min(len(self.points), first + room[0])
        while last < end and (last + 1 - first) * n_seeds <= runs:
            if _first_gap(self.todo[last]) != (start, n_seeds):
                break
            last += 1
        self.todo[first:last, start : start + n_seeds] = False
        self.probing = self.run_s is None
        return self.points[first:last], start, n_seeds

    def learn(self, n_runs: int, run_s: float, n_points: int, point_s: float) -> None:
        """Remember how long a unit took."""
        self.run_s, self.point_s = run_s / n_runs, point_s / n_points
        self.probing = False

    def _affordable(self) -> int:
        if self.run_s is None:
            return PROBE_RUNS
        per_run = self.run_s + self.point_s / self.todo.shape[1]
        return max(PROBE_RUNS, int(UNIT_SECONDS / max(per_run, 1e-6)))


def _first_gap(todo: np.ndarray) -> tuple[int, int]:
    """Find the first seeds in a row that are missing: where, and how many."""
    at = np.flatnonzero(todo)
    if not len(at):
        return -1, 0
    gaps = np.flatnonzero(np.diff(at) > 1)
    return int(at[0]), int(gaps[0] + 1 if len(gaps) else len(at))


def shares_of(spec: Spec, design: Design, done: np.ndarray) -> list[Share]:
    """Group the points by the programs they need.

    Args:
        spec: the scenario.
        design: what is swept.
        done: which runs [point, seed] are done already.

    Returns:
        One share per group, in the order of the design.

    Example:
        >>> from retrain_sim import load_spec
        >>> from retrain_sim.sweeping.axes import parse_axis
        >>> from retrain_sim.sweeping.design import grid
        >>> texts = "curation.slate_size=2,4,inf", "curation.temperature=0.5:1:3"
        >>> design = grid([parse_axis(text) for text in texts])
        >>> shares = shares_of(load_spec("two-tribes"), design, np.zeros((9, 4), bool))
        >>> [share.points for share in shares]
        [[0, 1, 2], [3, 4, 5], [6, 7, 8]]
    """

    def programs(point: dict[str, Any]) -> tuple[Any, ...]:
        return programs_of(spec_at(spec, point))

    labels = [labels_of(axis, programs) for axis in design.axes]
    found: dict[tuple[int, ...], list[int]] = {}
    for index in range(len(design)):
        at = design.place(index)
        key = tuple(row[i] for row, i in zip(labels, at, strict=True))
        found.setdefault(key, []).append(index)
    return [
        Share(points, ~done[points], programs(design.point(points[0])))
        for points in found.values()
    ]


def count_programs(shares: Sequence[Share]) -> int:
    """Count the compilations that a sweep needs."""
    return len({program for share in shares for program in share.programs})
