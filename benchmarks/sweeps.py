"""Sweeps: runs per second, what storing, units and a second device cost."""

from __future__ import annotations

import tempfile
from functools import partial
from pathlib import Path

import jax
import numpy as np
import xarray as xr

import retrain_sim as rs
from benchmarks.case import Benchmark, Case, scaled
from retrain_sim.one_run import whole_run
from retrain_sim.runner import Listener
from retrain_sim.spec import Spec
from retrain_sim.sweeping import Options, Unit, grid, parse_axis, run_unit
from retrain_sim.sweeping.batch import Batch, Room
from retrain_sim.sweeping.dispatch import dispatch
from retrain_sim.sweeping.engines import local_engine
from retrain_sim.sweeping.folder import SweepFolder
from retrain_sim.sweeping.plan import plan_sweep

ROUNDS, RUNS, STORED = 50, 1000, 10_000
HETEROZYGOSITY = "collapse/heterozygosity"
GAUSSIAN = {
    "data.dim": 2,
    "reward": [{"name": "r", "kind": "quadratic-peak", "center": [0.0, 0.0]}],
    "regime.kind": "real-share",
    "metrics.names": ["spread"],
}
"""A Gaussian in two dimensions, refitted to 50 of its samples and real ones."""


def _coin(n_seeds: int) -> Spec:
    return rs.load_spec("coin-drift", {"run.seeds": n_seeds, "run.rounds": ROUNDS})


def gaussian(n_seeds: int) -> Spec:
    """Return the scenario of small runs."""
    changes = GAUSSIAN | {"run.seeds": n_seeds, "run.rounds": ROUNDS}
    return rs.load_spec("gaussian-decay", changes)


def _loop(scale: float) -> Case:
    """A batch of runs, beside a loop over one jitted run."""
    n_runs = scaled(RUNS, scale)
    coin = rs.prepare(_coin(n_runs)).arms["coin"]
    batch = Batch([coin], Room(1, n_runs, ROUNDS))

    single = jax.jit(partial(whole_run, n_rounds=ROUNDS))

    def one_by_one() -> np.ndarray:
        found = [jax.device_get(single(coin, np.uint32(i))) for i in range(n_runs)]
        return np.stack([rows[HETEROZYGOSITY] for rows, _ in found])

    def ours() -> np.ndarray:
        return batch(0, n_runs)[0][HETEROZYGOSITY][0]

    def agree() -> None:
        np.testing.assert_allclose(ours(), one_by_one(), atol=1e-5)

    return Case(ours, one_by_one, agree)


def _sweep(spec: Spec, n_points: int, store: bool, batch: int | None = None) -> None:
    """Do a sweep, with or without writing what is found."""
    design = grid([parse_axis(f"regime.real_share=0:0.5:{n_points}")])
    plan = plan_sweep(spec, design, Options(batch=batch))
    with tempfile.TemporaryDirectory() as name, local_engine() as engine:
        folder = SweepFolder.create(Path(name) / "s", spec, design, "", False)
        dispatch(plan, folder.add if store else _forget, Listener(), engine)


def _forget(found: xr.Dataset) -> None:
    """Store nothing."""


def _storing(scale: float) -> Case:
    n_points = scaled(STORED // 100, scale)
    spec = gaussian(100)
    return Case(
        lambda: _sweep(spec, n_points, True), lambda: _sweep(spec, n_points, False)
    )


def _scaling(scale: float) -> Case:
    """Twice the runs on two devices, beside the runs on one."""
    n_runs = scaled(RUNS, scale)
    arm = rs.prepare(gaussian(n_runs)).arms["gaussian"]
    one = Batch([arm], Room(1, n_runs, ROUNDS), devices=1)
    two = Batch([arm], Room(1, 2 * n_runs, ROUNDS))
    return Case(lambda: two(0, 2 * n_runs), lambda: one(0, n_runs))


UNITS = 50


def _units(scale: float) -> Case:
    """Many units of one point, beside one unit of all points."""
    n_points, n_seeds = scaled(UNITS, scale), 20
    spec = gaussian(n_seeds)
    design = grid([parse_axis(f"regime.real_share=0:0.5:{n_points}")])
    points = tuple(design.point(i) for i in range(n_points))

    def unit(first: int, last: int) -> Unit:
        index, seeds = tuple(range(first, last)), (0, n_seeds)
        room = (n_points, n_seeds)
        values = (spec.name, spec.source, spec.values, points[first:last])
        return Unit(*values, index, seeds, room, predict=False)

    def apart() -> None:
        with local_engine() as engine:
            each = [unit(i, i + 1) for i in range(n_points)]
            for done in [engine.executor.submit(run_unit, u) for u in each]:
                done.result()

    return Case(apart, lambda: run_unit(unit(0, n_points)))


BENCHMARKS = [
    Benchmark(
        "sweep-loop",
        "a coin retrained on 50 tosses, 50 rounds, 1 000 runs in one program",
        "a Python loop over one jitted run",
        (),
        20.0,
        _loop,
    ),
    Benchmark(
        "sweep-storing",
        "10 000 runs of a 2-D Gaussian, 50 rounds, stored",
        "the same sweep, nothing stored",
        (),
        0.95,
        _storing,
    ),
    Benchmark(
        "sweep-devices",
        "2 000 runs of a 2-D Gaussian on all devices: weak scaling",
        "1 000 runs on one device",
        (),
        0.9,
        _scaling,
    ),
    Benchmark(
        "sweep-units",
        "50 units of one point, 20 seeds: the engine's overhead",
        "one unit of the 50 points",
        (),
        None,
        _units,
    ),
]
