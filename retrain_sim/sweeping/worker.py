"""What a worker of a cluster does: units one at a time, with JAX set up once."""

from __future__ import annotations

import contextlib
import functools
import sys
from collections.abc import Callable
from threading import Lock
from typing import Any

from retrain_sim.devices import n_cores, use_devices

ONE_AT_A_TIME = Lock()
"""A unit uses all devices of its process, however many threads the worker has."""


def do(folder: str, work: Callable[..., Any], *arguments: Any) -> Any:
    """Do some work in this process.

    Args:
        folder: where the user's own modules are, if this host sees it.
        work: a function of the package, such as ``run_unit``.
        *arguments: its arguments.

    Returns:
        What the work returns.

    Example:
        >>> do(".", max, 2, 3)
        3
    """
    with ONE_AT_A_TIME:
        _set_up()
        if folder not in sys.path:  # last: a file never stands in for a library
            sys.path.append(folder)
        return work(*arguments)


@functools.cache
def _set_up() -> None:
    with contextlib.suppress(RuntimeError):  # somebody used JAX here before
        use_devices(_threads())


def _threads() -> int:
    """Count the threads of this worker; without one, the cores."""
    from distributed import get_worker

    try:
        return get_worker().state.nthreads
    except ValueError:
        return n_cores()
