"""What commands share that run for long, and continue with ``--resume``."""

from __future__ import annotations

import shlex
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any

from cyclopts import Parameter

from retrain_sim.errors import UserError

Over = Annotated[
    list[str] | None,
    Parameter(
        name="--over",
        help="PATH=LO:HI:N or PATH=A,B,C, as curation.slate_size=2,4,8,inf or "
        "algorithm.optimizer.rate=0.1,0.5; may be repeated. With --random: PATH=LO:HI.",
        negative="",
    ),
]


def check_nothing_else(what: str, *others: Any) -> None:
    """Refuse other options beside ``--resume``: all is taken from the folder.

    Args:
        what: what is continued, such as ``scenario`` or ``sweep``.
        *others: the values of the other options; None and False are not given.

    Raises:
        UserError: something else is given.
    """
    if any(other is not None and other is not False for other in others):
        raise UserError(f"--resume takes the {what} from the folder: give nothing else")


@contextmanager
def continued_with(command: str, folder: Path, bar: Any) -> Generator[None]:
    """Close the bar at the end; if somebody interrupts, say how to go on.

    Args:
        command: as it is typed, without the folder: ``sweep --resume``.
        folder: where the work is being stored.
        bar: the progress bar.

    Raises:
        UserError: interrupted.
    """
    try:
        yield
    except KeyboardInterrupt:
        again = f"retrain-sim {command} {shlex.quote(str(folder))}"
        hint = f"continue with: {again}" if folder.exists() else "nothing was written"
        raise UserError(f"interrupted; {hint}") from None
    finally:
        bar.close()
