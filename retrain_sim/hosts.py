"""Several processes that run one program: who writes, and what all agree on.

Each function is trivial, and starts no device, in a process that is alone.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import jax
import numpy as np

from retrain_sim.errors import UserError

T = TypeVar("T")
LINE_BYTES = 2000
"""Room for one line about what went wrong in a process."""


def start(
    coordinator: str | None = None,
    processes: int | None = None,
    process: int | None = None,
) -> None:
    """Join the other processes, before anything else touches a device.

    Args:
        coordinator: HOST:PORT of process 0, reachable from all others.
        processes: how many there are.
        process: which one this is, from 0.

    Without these, Slurm and Open MPI say them (and JAX_COORDINATOR_ADDRESS,
    JAX_NUM_PROCESSES, JAX_PROCESS_ID in the environment).

    Raises:
        UserError: nothing says who the others are, or they cannot be reached.
    """
    # The coordinator would listen on all interfaces, also where all are on this host.
    on_loopback = (coordinator or "").startswith(("127.0.0.1:", "localhost:"))
    bind = coordinator if on_loopback else None
    try:
        jax.distributed.initialize(
            coordinator, processes, process, coordinator_bind_address=bind
        )
    except ValueError as error:
        raise UserError(
            "--distributed: neither Slurm nor Open MPI started this; give "
            f"--coordinator HOST:PORT --processes N --process I ({error})"
        ) from None
    except RuntimeError as error:
        raise UserError(f"--distributed: {error}") from None


def many() -> bool:
    """Tell whether there are other processes."""
    return jax.distributed.is_initialized() and jax.process_count() > 1


def is_first() -> bool:
    """Tell whether this process writes and prints."""
    return not many() or jax.process_index() == 0


def gathered(tree: Any) -> Any:
    """Bring arrays to the host, whole, also where they are spread over processes."""

    def fetch(x: Any) -> np.ndarray:
        if getattr(x, "is_fully_addressable", True):
            return np.asarray(x)
        from jax.experimental.multihost_utils import process_allgather

        return process_allgather(x, tiled=True)

    return jax.tree.map(fetch, tree)


def agreed(tree: T) -> T:
    """Take the first process's numbers in all of them."""
    if not many():
        return tree
    from jax.experimental.multihost_utils import broadcast_one_to_all

    return broadcast_one_to_all(tree)


def together(act: Callable[[], T]) -> T:
    """Do something in every process; where one fails, all fail, by the same line.

    Example:
        >>> together(lambda: 2 + 2)
        4
    """
    if not many():
        return act()
    results, line = [], ""
    try:
        results.append(act())
    except (UserError, OSError) as error:
        line = str(error) or type(error).__name__
    _raise_any(_lines(line))
    return results[0]


def first_alone(act: Callable[[], Any]) -> None:
    """Do something in the first process only; if it fails, all fail."""
    together(lambda: act() if is_first() else None)


def _lines(line: str) -> list[str]:
    """Tell every process the line of each."""
    from jax.experimental.multihost_utils import process_allgather

    text = line.encode()[:LINE_BYTES].ljust(LINE_BYTES, b"\0")
    found = process_allgather(np.frombuffer(text, np.uint8))
    return [bytes(row).rstrip(b"\0").decode(errors="replace") for row in found]


def alike(line: str) -> None:
    """Refuse to go on unless all processes have the same line.

    Raises:
        UserError: names a process whose line is another.
    """
    first, *others = _lines(line) if many() else [line]
    for number, other in enumerate(others, start=1):
        if other != first:
            raise UserError(f"process {number} has {other}; process 0 has {first}")


def _raise_any(lines: list[str]) -> None:
    said = [(number, line) for number, line in enumerate(lines) if line]
    if said:
        number, line = said[0]
        alike = len({line for _, line in said}) == 1 and len(said) == len(lines)
        raise UserError(line if alike else f"process {number}: {line}")
