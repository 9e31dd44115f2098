"""``--distributed``: the command in several processes that speak with one voice."""

from __future__ import annotations

import os
import sys
from collections.abc import Generator
from contextlib import contextmanager

from retrain_sim.cli.app import USAGE_ERROR, configure
from retrain_sim.errors import UserError


def join(
    distributed: bool,
    coordinator: str | None,
    processes: int | None,
    process: int | None,
) -> None:
    """Become one of several processes, if asked to, before anything else is done."""
    others = (coordinator, processes, process)
    if distributed:
        configure()
        from retrain_sim import hosts

        _keep_output_to_ourselves()
        hosts.start(*others)
    elif any(value is not None for value in others):
        raise UserError("--coordinator, --processes and --process need --distributed")


def _keep_output_to_ourselves() -> None:
    """Drop what libraries print past Python, as Gloo does with every connection."""
    sys.stdout.flush()
    ours = os.dup(1)
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 1)
    os.close(nowhere)
    sys.stdout = os.fdopen(ours, "w", encoding=sys.stdout.encoding)


@contextmanager
def one_voice() -> Generator[None, None, None]:
    """Let the first process alone say what went wrong; the others just end."""
    from retrain_sim import hosts

    try:
        yield
    except (UserError, OSError):
        if hosts.is_first():
            raise
        raise SystemExit(USAGE_ERROR) from None
