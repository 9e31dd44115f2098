"""Engines: who does the units. One is an executor, and how many units it takes."""

from __future__ import annotations

from collections.abc import Generator
from concurrent.futures import Executor, ThreadPoolExecutor
from contextlib import contextmanager
from typing import NamedTuple


class Engine(NamedTuple):
    """An executor for units.

    Args:
        executor: ``submit(run_unit, unit)`` returns a future of its data set.
        width: units to hand out at once: workers that should never wait, and one more.
        name: for people.
    """

    executor: Executor
    width: int
    name: str


@contextmanager
def local_engine() -> Generator[Engine]:
    """Do units in this process, one after the other, each on all devices.

    A second unit waits, so that the devices work while the host writes the first.
    """
    with ThreadPoolExecutor(1, thread_name_prefix="unit") as executor:
        try:
            yield Engine(executor, 2, "local")
        finally:
            executor.shutdown(cancel_futures=True)
