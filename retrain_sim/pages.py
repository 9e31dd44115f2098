"""A page about a user's own files: figures, plain data and tables in one folder."""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from importlib import resources
from pathlib import Path
from typing import Any

import jinja2

from retrain_sim.errors import UserError
from retrain_sim.files import write_atomic, write_text

TEMPLATE = "page.html"


def check_folder(folder: Path, what: str) -> None:
    """Refuse a folder that holds anything but an earlier page of this sort.

    Args:
        folder: where the page shall go; need not exist.
        what: ``forecast`` or ``dose``, the name of the files.

    Raises:
        UserError: it is a file, or holds something else.
    """
    if folder.exists() and not folder.is_dir():
        raise UserError(f"{folder} is a file, a folder is needed")
    known = folder / f"{what}.json"
    if folder.is_dir() and any(folder.iterdir()) and not known.is_file():
        raise UserError(f"{folder} is not empty and holds no {what}: choose another")


def write_page(
    folder: Path,
    what: str,
    figures: Mapping[str, tuple[Any, str]],
    data: Mapping[str, Any],
    shown: Mapping[str, Any],
) -> list[Path]:
    """Write figures, ``WHAT.json`` and ``WHAT.html``.

    Args:
        folder: made if needed; an earlier page in it is replaced.
        what: name of the files.
        figures: name of the file -> figure (None is left out) and caption.
        data: what the JSON file holds.
        shown: title, headline, tables and remarks of the page.

    Returns:
        The files written, the page last.
    """
    from retrain_sim.report import png  # a second to import, not needed to print

    check_folder(folder, what)
    (folder / "figures").mkdir(parents=True, exist_ok=True)
    written, pictures = [], []
    for name, (figure, caption) in figures.items():
        if figure is not None:
            image = png(figure)
            written.append(folder / "figures" / f"{name}.png")
            write_atomic(written[-1], lambda file, image=image: file.write(image))
            pictures.append((caption, base64.b64encode(image).decode()))
    written += [folder / f"{what}.json", folder / f"{what}.html"]
    write_text(written[-2], json.dumps(data, indent=1))
    write_text(written[-1], _render(dict(shown), pictures))
    return written


def _render(shown: dict[str, Any], figures: list[tuple[str, str]]) -> str:
    source = resources.files("retrain_sim") / "templates" / TEMPLATE
    environment = jinja2.Environment(autoescape=True, undefined=jinja2.StrictUndefined)
    template = environment.from_string(source.read_text(encoding="utf-8"))
    return template.render(**shown, figures=figures)
