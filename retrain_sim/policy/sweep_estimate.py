"""The estimate before a sweep of policies: as that of ``retrain_sim.sweeping``."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from typing import Any

import jax

from retrain_sim.policy.learner import start_state
from retrain_sim.policy.spec import PolicySpec
from retrain_sim.policy.sweep_points import (
    check_policy_design,
    point_bytes,
    policy_spec_at,
    train_points,
    units_of,
)
from retrain_sim.scenario import signature
from retrain_sim.sweeping.design import Design
from retrain_sim.sweeping.estimate import sizes_of
from retrain_sim.sweeping.footprint import Footprint, half_of_memory, resident
from retrain_sim.sweeping.shares import labels_of


def estimate_policies(
    spec: PolicySpec, design: Design, report: Callable[[str], None] = lambda line: None
) -> dict[str, Any]:
    """Time one unit, and say what the whole sweep amounts to.

    Args:
        spec: from ``load_policy_spec``.
        design: what is swept.
        report: called with a line of text before the unit.

    Returns:
        What ``retrain_sim.sweeping.estimate.estimate`` returns.

    Raises:
        UserError: the design cannot be used.

    Example:
        >>> from retrain_sim.policy.spec import load_policy_spec
        >>> from retrain_sim.sweeping import grid, parse_axis
        >>> small = {"run.seeds": 2, "run.rounds": 3, "arms": {}}
        >>> spec = load_policy_spec("random-reward", small)
        >>> design = grid([parse_axis("algorithm.clip.e_high=0.2:0.5:4")])
        >>> found = estimate_policies(spec, design)
        >>> found["runs"], found["compilations"]
        (8, 1)
    """
    check_policy_design(spec, design)
    units = units_of(spec, design)
    needed = _programs(spec, design, units)
    report("timing one unit")
    first, again = (_seconds(spec, design, units[0]) for _ in range(2))
    runs = spec.run.seeds * len(units[0])
    n_programs = len(set().union(*needed))
    compile_s = max(first - again, 0.0) * n_programs / len(needed[0])
    return sizes_of(spec, design, _footprint(spec, runs), runs) | {
        "compilations": n_programs,
        "compile_s": compile_s,
        "run_s": again * len(units),
    }


def _seconds(spec: PolicySpec, design: Design, points: Sequence[int]) -> float:
    began = time.perf_counter()
    train_points(spec, design, points)
    return time.perf_counter() - began


def _programs(
    spec: PolicySpec, design: Design, units: Sequence[Sequence[int]]
) -> list[set[Any]]:
    """Tell the programs of every unit apart.

    One serves tasks that differ in floats, so many of them, if the same floats vary.
    """

    def signatures(point: dict[str, Any]) -> tuple[Any, ...]:
        return tuple(map(signature, policy_spec_at(spec, point).tasks.values()))

    labels = [labels_of(axis, signatures) for axis in design.axes]
    known: dict[tuple[int, ...], tuple[Any, ...]] = {}

    def groups(points: Sequence[int]) -> set[Any]:
        found: dict[Any, list[tuple[int, ...]]] = {}
        for i in points:
            at = design.place(i)
            key = tuple(row[j] for row, j in zip(labels, at, strict=True))
            if key not in known:
                known[key] = signatures(design.point(i))
            for one in known[key]:
                found.setdefault(one, []).append(at)
        return {(one, len(at), _varying(at)) for one, at in found.items()}

    return [groups(points) for points in units]


def _varying(places: Sequence[tuple[int, ...]]) -> tuple[bool, ...]:
    return tuple(len(set(column)) > 1 for column in zip(*places, strict=True))


def _footprint(spec: PolicySpec, n_runs: int) -> Footprint:
    """Measure a run, as the sweeps of scenarios do; all of a unit's run at once."""
    states = jax.eval_shape(
        lambda tasks: [start_state(jax.random.key(0), task) for task in tasks],
        list(spec.tasks.values()),
    )
    state = sum(x.size * x.dtype.itemsize for x in jax.tree.leaves(states))
    records = point_bytes(spec) // spec.run.seeds
    per_device = -(-n_runs // jax.local_device_count())
    return Footprint(resident(), records, state * per_device, half_of_memory())
