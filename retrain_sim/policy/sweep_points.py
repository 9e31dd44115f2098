"""The points of a policy sweep: what is set there, checked, trained and recorded."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import jax
import numpy as np
import xarray as xr

from retrain_sim.errors import UserError, nearest
from retrain_sim.policy.cautions import target_and_reach
from retrain_sim.policy.history import policy_history
from retrain_sim.policy.learner import train
from retrain_sim.policy.spec import (
    REQUIRED,
    PolicySpec,
    make_policy_spec,
    with_setting,
)
from retrain_sim.policy.training import train_arms
from retrain_sim.sweeping.design import Design
from retrain_sim.sweeping.footprint import UNIT_BYTES, half_of_memory, in_words
from retrain_sim.sweeping.settings import about_point, listed, tried

EXCESS = "target_excess"

MOST_RUNS = 1024
"""Runs of a unit: more at once gain nothing, and a kill would cost more."""


def policy_spec_at(spec: PolicySpec, point: Mapping[str, Any]) -> PolicySpec:
    """Return the scenario at one point of a sweep.

    Raises:
        UserError: a path that it does not have, or a value that it does not allow.

    Example:
        >>> from retrain_sim.policy.spec import load_policy_spec
        >>> spec = load_policy_spec("random-reward")
        >>> made = policy_spec_at(spec, {"algorithm.epochs": 3})
        >>> {task.algorithm.epochs for task in made.tasks.values()}
        {3}
    """
    values = spec.values
    try:
        for path, value in point.items():
            values = with_setting(values, path, listed(value))
        return make_policy_spec(spec.name, values, spec.source)
    except UserError as error:
        raise UserError(about_point(point, error)) from None


def check_policy_design(spec: PolicySpec, design: Design) -> None:
    """Refuse a design that the scenario does not allow, or that would not fit.

    Raises:
        UserError: names the path and the value, or the memory.
    """
    for path in design.paths:
        head, allowed = path.partition(".")[0], [*REQUIRED, *spec.arms]
        if not any(path.startswith(f"{name}.") for name in allowed):
            hint = nearest(head, allowed)
            raise UserError(f"--over {path}: no section or arm {head!r}; {hint}")
    _check_size(spec, design)
    for index in tried(design):
        policy_spec_at(spec, design.point(index))


def _check_size(spec: PolicySpec, design: Design) -> None:
    total = point_bytes(spec) * len(design)
    if total > half_of_memory():
        raise UserError(
            f"the results of {len(design)} points x {spec.run.seeds} seeds take "
            f"{in_words(total)}, half of the memory is {in_words(half_of_memory())}: "
            "fewer points, seeds or rounds"
        )


def point_bytes(spec: PolicySpec) -> int:
    """Count the bytes that one point records: all arms and seeds."""
    total = 0
    for task in spec.tasks.values():
        track = jax.eval_shape(
            lambda task: train(jax.random.key(0), task, spec.run.rounds), task
        )
        kept = jax.tree.leaves((track.rows, track.infos))
        total += sum(x.size * x.dtype.itemsize for x in kept)
    return total * spec.run.seeds


def points_per_unit(spec: PolicySpec) -> int:
    """Return how many points are trained together; it depends on the scenario alone."""
    runs = MOST_RUNS // (len(spec.arms) * spec.run.seeds)
    return max(1, min(runs, UNIT_BYTES // point_bytes(spec)))


def units_of(spec: PolicySpec, design: Design) -> list[list[int]]:
    """Divide the points of a design into units; always in the same way."""
    size, n = points_per_unit(spec), len(design)
    return [list(range(at, min(at + size, n))) for at in range(0, n, size)]


def train_points(spec: PolicySpec, design: Design, points: Sequence[int]) -> xr.Dataset:
    """Train all arms and seeds at some points; those that differ in floats together.

    Args:
        spec: the scenario.
        design: what is swept.
        points: places in the design.

    Returns:
        Metrics [point, arm, seed, round or step]; NaN at points that have no such;
        ``target_excess`` [point, arm]: nats by which an entropy target is above the
        most varied perfect policy.
    """
    specs = {str(i): policy_spec_at(spec, design.point(i)) for i in points}
    tasks = {
        f"{i}/{arm}": task
        for i, made in specs.items()
        for arm, task in made.tasks.items()
    }
    run = spec.run
    rows = train_arms(tasks, run.rounds, run.seeds, run.seed)
    found = [
        policy_history({arm: rows[f"{i}/{arm}"] for arm in spec.arms}, made)
        for i, made in specs.items()
    ]
    found = [
        _with_excess(here, made)
        for here, made in zip(found, specs.values(), strict=True)
    ]
    index = xr.DataArray(np.array(points, np.int32), dims="point", name="point")
    return xr.concat(
        found, index, data_vars="all", coords="minimal", compat="override", join="exact"
    )


def _with_excess(found: xr.Dataset, spec: PolicySpec) -> xr.Dataset:
    """Add how far every arm's target is beyond reach; 0 if it is not."""
    starts = found["policy/entropy_seen"].isel(step=0).mean("seed").values
    pairs = zip(spec.tasks.values(), starts, strict=True)
    both = [target_and_reach(task, float(start)) for task, start in pairs]
    excess = [max(target - reachable, 0.0) for target, reachable in both]
    return found.assign({EXCESS: ("arm", np.array(excess))})
