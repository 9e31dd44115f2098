"""``--engine``: who does the units of a sweep."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager
from typing import Any

from retrain_sim.errors import UserError, nearest

ENGINES = ("local", "dask")


@contextmanager
def chosen_engine(
    engine: str, address: str | None, workers: int | None, resources: str
) -> Generator[Any, None, None]:
    """Start the engine that the options name; None is this process.

    Args:
        engine: ``local`` or ``dask``.
        address: of a Dask scheduler.
        workers: how many to start, or to wait for.
        resources: what a unit occupies, as ``GPU=1,slots=2``.

    Raises:
        UserError: options that do not fit, or a cluster that cannot be used.
    """
    if engine not in ENGINES:
        raise UserError(f"--engine {engine}: {nearest(engine, ENGINES)}")
    if engine == "local":
        if address is not None or workers is not None or resources:
            raise UserError("--address, --workers and --resources need --engine dask")
        yield None
        return
    if workers is not None and workers < 1:
        raise UserError(f"--workers {workers}: expected at least 1")
    wanted = _resources(resources)
    from retrain_sim.sweeping.cluster import dask_engine

    with dask_engine(address, workers=workers, resources=wanted) as made:
        yield made


def _resources(text: str) -> dict[str, float]:
    """Read ``GPU=1,slots=2``."""
    found = {}
    for part in filter(None, text.split(",")):
        name, _, amount = part.partition("=")
        try:
            found[name.strip()] = float(amount)
        except ValueError:
            raise UserError(f"--resources {part}: expected NAME=NUMBER") from None
    return found
