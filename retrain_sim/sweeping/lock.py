"""One process per folder: a lock that the operating system drops with the process."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Generator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from pathlib import Path

from retrain_sim.errors import UserError

LOCK = "lock"


@contextmanager
def locked(folder: Path) -> Generator[None]:
    """Hold a folder for this process alone.

    Not a file that exists or not: one left behind by a killed process would lock the
    folder forever.

    Raises:
        UserError: another process holds it.

    Example:
        >>> import tempfile
        >>> with tempfile.TemporaryDirectory() as name, locked(Path(name)):
        ...     int((Path(name) / LOCK).read_text()) == os.getpid()
        True
    """
    with (folder / LOCK).open("a+", encoding="utf-8") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            file.seek(0)
            owner = file.read().strip() or "unknown"
            raise UserError(
                f"{folder} is in use by another process ({owner}): wait for its end"
            ) from None
        file.truncate(0)
        file.write(f"{os.getpid()}\n")
        file.flush()
        yield


def replaceable(folder: Path, force: bool) -> AbstractContextManager[None]:
    """Hold a folder that is about to be replaced; nothing if there is none."""
    there = force and folder.is_dir() and any(folder.iterdir())
    return locked(folder) if there else nullcontext()
