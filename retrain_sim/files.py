"""Files that are never half written, and never unpickled."""

from __future__ import annotations

import os
import tempfile
import zipfile
import zlib
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np

DAMAGE = (
    zipfile.BadZipFile,
    zlib.error,
    EOFError,
    KeyError,
    OSError,
    RuntimeError,
    ValueError,
)
"""What reading a file can raise when bits of it are wrong or missing."""


def write_atomic(path: Path, write: Callable[[BinaryIO], Any]) -> None:
    """Write a file completely or not at all: to a neighbor, synced, then renamed.

    Args:
        path: the file; its folder exists.
        write: writes the content to an open binary file.

    Raises:
        OSError: the folder cannot be written, or the disk is full; ``path`` is as it
            was before.
    """
    try:
        handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}-")
    except OSError as error:
        raise OSError(error.errno, error.strerror, str(path)) from None
    try:
        with os.fdopen(handle, "wb") as file:
            write(file)
            file.flush()
            os.fsync(file.fileno())
        Path(temporary).chmod(0o644)
        Path(temporary).replace(path)
    except OSError as error:
        Path(temporary).unlink(missing_ok=True)
        if error.errno is None:
            raise
        raise OSError(error.errno, error.strerror, str(path)) from None
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise


def write_text(path: Path, text: str) -> None:
    """Write UTF-8 text atomically."""
    write_atomic(path, lambda file: file.write(text.encode("utf-8")))


def save_leaves(path: Path, leaves: Iterable[Any]) -> None:
    """Save arrays in order, in one ``.npz`` file with checksums."""
    arrays = {f"{i:05d}": np.asarray(leaf) for i, leaf in enumerate(leaves)}
    write_atomic(path, lambda file: np.savez(file, allow_pickle=False, **arrays))


def load_leaves(path: Path) -> list[np.ndarray]:
    """Load what ``save_leaves`` saved.

    Raises:
        OSError: no such file.
        ValueError: the file is damaged.
    """
    with path.open("rb") as raw:
        try:
            with np.load(raw, allow_pickle=False) as file:
                return [file[name] for name in sorted(file.files)]
        except DAMAGE as error:
            raise ValueError(f"{path} is damaged: {error}") from error
