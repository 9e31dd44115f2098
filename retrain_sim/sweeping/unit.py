"""The work unit: a few points of a sweep that any process, anywhere, can do.

An engine is a ``concurrent.futures.Executor``: ``executor.submit(run_unit, unit)``. A
unit is plain values and pickles to about a kilobyte; what comes back is an xarray data
set of NumPy arrays. Nothing is written, nothing depends on what the process did before:
prepared data and compiled programs are kept, but only as caches.
"""

from __future__ import annotations

import dataclasses
from typing import Any

import xarray as xr


@dataclasses.dataclass(frozen=True)
class Unit:
    """Some points of a sweep, all arms, some seeds.

    Args:
        name: the scenario's name.
        source: where it came from, for messages.
        values: the sections of the scenario file; ``run.seed`` also decides p_0.
        points: of every point its dotted paths -> values, laid over ``values``.
        index: the place of every point in the design.
        seeds: the first seed, and how many.
        room: runs per arm that the compiled program has room for, at least
            ``len(points) * seeds[1]``: units with the same room share a program.
        predict: whether to compute the theory, too (once per point suffices).
        versions: of the packages that the results depend on; () asks for none.
    """

    name: str
    source: str
    values: dict[str, Any]
    points: tuple[dict[str, Any], ...]
    index: tuple[int, ...]
    seeds: tuple[int, int]
    room: int
    predict: bool = True
    versions: tuple[tuple[str, str], ...] = ()


def run_unit(unit: Unit) -> xr.Dataset:
    """Simulate and predict a unit.

    Args:
        unit: what to do.

    Returns:
        Metrics [point, arm, seed, round], selection metrics [point, arm, seed, step],
        ``predicted/<metric>`` [point, arm, round], ``broken`` [point, arm]: the first
        assumption that fails, or "". Coordinate ``point``: places in the design.
        Attributes ``run_s`` and ``compile_s``: seconds.

    Raises:
        UserError: values that do not make a scenario, or other versions here.
    """
    raise NotImplementedError
