"""Dispatch: keep an engine busy with units, and store what comes back."""

from __future__ import annotations

import time
from collections.abc import Callable
from concurrent.futures import FIRST_COMPLETED, Future, wait

import xarray as xr

from retrain_sim.runner import Listener
from retrain_sim.simulate import Progress
from retrain_sim.sweeping.engines import Engine
from retrain_sim.sweeping.plan import Plan
from retrain_sim.sweeping.shares import Share
from retrain_sim.sweeping.unit import run_unit


def dispatch(
    plan: Plan,
    store: Callable[[xr.Dataset], None],
    listener: Listener,
    engine: Engine,
) -> None:
    """Keep the engine busy until all runs are done, and store what comes back."""
    total = len(plan.design) * plan.spec.run.seeds
    finished = total - plan.n_runs
    listener.progress(Progress(finished, total))
    pending: dict[Future, Share] = {}
    try:
        while pending or any(share.left for share in plan.shares):
            for share in plan.shares:
                _hand_out(plan, share, engine, pending)
            for future in wait(pending, return_when=FIRST_COMPLETED).done:
                share, found = pending.pop(future), future.result()
                n_runs = found.sizes["point"] * found.sizes["seed"]
                share.learn(
                    n_runs,
                    found.attrs["run_s"],
                    found.sizes["point"],
                    found.attrs["predict_s"],
                )
                store(found)
                finished += n_runs
                listener.progress(Progress(finished, total))
    finally:
        for future in pending:
            future.cancel()


def _hand_out(
    plan: Plan, share: Share, engine: Engine, pending: dict[Future, Share]
) -> None:
    """Submit units of a share while there is room; its first one alone, to time it."""
    while share.left and not share.probing and len(pending) < engine.width:
        unit = plan.unit(*share.take(plan.room, plan.options.batch))
        pending[engine.executor.submit(run_unit, unit)] = share


def time_one_unit(plan: Plan) -> tuple[float, float]:
    """Do one unit, twice, and throw it away.

    Returns:
        Seconds that all runs still to do should take, and seconds to compile the unit.
    """
    share = next(share for share in plan.shares if share.left)
    todo = share.todo.copy()
    points, start, n_seeds = share.take(plan.room, plan.options.batch)
    share.todo, share.probing = todo, False
    unit = plan.unit(points, start, n_seeds)
    began = time.perf_counter()
    run_unit(unit)
    first = time.perf_counter() - began
    times = run_unit(unit).attrs
    again = sum(times.values())
    seconds = times["run_s"] * plan.n_runs / (len(points) * n_seeds)
    seconds += times["predict_s"] * len(plan.design) / len(points)
    return seconds, max(first - again, 0.0)
