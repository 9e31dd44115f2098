"""Folders of results: a free name, what may be replaced, and all or nothing."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Mapping
from pathlib import Path

from retrain_sim.errors import UserError
from retrain_sim.files import write_text

SCENARIO, RUN = "scenario.toml", "run.json"
"""What every run folder holds, and is known by."""


def free_folder(name: str, root: Path = Path("runs")) -> Path:
    """Return the first of ``runs/<name>-1``, ``-2``, ... that does not exist."""
    number = 1
    while (root / f"{name}-{number}").exists():
        number += 1
    return root / f"{name}-{number}"


def check_target(
    folder: Path,
    force: bool,
    marks: frozenset[str] = frozenset({SCENARIO, RUN}),
    kind: str = "run",
) -> None:
    """Refuse a folder that holds anything, unless ``force`` is set and ``marks`` do."""
    if folder.is_dir():
        held = sorted(path.name for path in folder.iterdir())
        if held and not force:
            raise UserError(
                f"{folder} already exists: --force replaces it, or --out DIR"
            )
        if held and not marks <= set(held):
            raise UserError(
                f"{folder} is not a {kind} folder: --force will not replace it"
            )
    elif folder.exists():
        raise UserError(f"{folder} is a file, a folder is needed")
    parent = next(p for p in folder.absolute().parents if p.exists())
    if not parent.is_dir():
        raise UserError(f"{parent} is not a folder: {folder} cannot be made in it")
    if not os.access(parent, os.W_OK):
        raise UserError(f"cannot write to {parent}: permission denied")


def publish(path: Path, texts: Mapping[str, str]) -> Path | None:
    """Make a folder that holds some texts, all at once; an old one is set aside.

    Args:
        path: the folder, absolute.
        texts: file name -> text.

    Returns:
        Where the old folder is now, if there was one.

    Raises:
        OSError: it cannot be made; what was there is there still.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        fresh = Path(tempfile.mkdtemp(dir=path.parent, prefix=f".{path.name}-"))
    except OSError as error:
        raise OSError(error.errno, error.strerror, str(path)) from None
    try:
        fresh.chmod(0o755)
        for name, text in texts.items():
            write_text(fresh / name, text)
        replaced = _set_aside(path)
        fresh.rename(path)
    except OSError as error:
        shutil.rmtree(fresh, ignore_errors=True)
        raise OSError(error.errno, error.strerror, str(path)) from None
    return replaced


def _set_aside(path: Path) -> Path | None:
    """Move an old run out of the way, until the new one has proved sound."""
    if not path.is_dir():
        return None
    aside = Path(tempfile.mkdtemp(dir=path.parent, prefix=f".{path.name}-old-"))
    return path.rename(aside)  # onto the empty folder just made
