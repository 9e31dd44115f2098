"""A page about a user's own files: figures, plain data and tables in one folder."""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping, Sequence
from importlib import resources
from pathlib import Path
from typing import Any, NamedTuple

import jinja2
from rich.markup import escape

from retrain_sim.errors import UserError
from retrain_sim.files import write_atomic, write_text
from retrain_sim.tables import Table
from retrain_sim.terminal import console, print_table

TEMPLATE = "page.html"


class Page(NamedTuple):
    """What a command tells a user about files of their own.

    Args:
        name: of the files it is written to, and of what is told: ``forecast``.
        title: what it is about.
        headline: the answer in a sentence.
        tables: title -> table.
        remarks: sentences; those that begin with WARNING are warnings.
    """

    name: str
    title: str
    headline: str
    tables: dict[str, Table]
    remarks: list[str]


def print_page(page: Page, written: Sequence[Path]) -> None:
    """Print a page without its pictures, and where it was written."""
    out = console()
    out.print(f"\n[bold]{escape(page.title)}[/bold]")
    out.print(f"{escape(page.headline)}\n")
    for title, table in page.tables.items():
        out.print(f"{title}:", style="dim")
        print_table(out, table)
    for line in page.remarks:
        style = "bold yellow" if line.startswith("WARNING") else None
        out.print(escape(line), style=style)
    if written:
        out.print(f"report: {escape(str(written[-1]))}")


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
    page: Page,
    figures: Mapping[str, tuple[Any, str]],
    data: Mapping[str, Any],
) -> list[Path]:
    """Write figures, ``NAME.json`` and ``NAME.html``.

    Args:
        folder: made if needed; an earlier page in it is replaced.
        page: what the HTML file tells.
        figures: name of the file -> figure (None is left out) and caption.
        data: what the JSON file holds.

    Returns:
        The files written, the page last.
    """
    from retrain_sim.report import png  # a second to import, not needed to print

    check_folder(folder, page.name)
    (folder / "figures").mkdir(parents=True, exist_ok=True)
    written, pictures = [], []
    for name, (figure, caption) in figures.items():
        if figure is not None:
            image = png(figure)
            written.append(folder / "figures" / f"{name}.png")
            write_atomic(written[-1], lambda file, image=image: file.write(image))
            pictures.append((caption, base64.b64encode(image).decode()))
    written += [folder / f"{page.name}.json", folder / f"{page.name}.html"]
    write_text(written[-2], json.dumps(data, indent=1))
    write_text(written[-1], _render(page, pictures))
    return written


def _render(page: Page, figures: list[tuple[str, str]]) -> str:
    source = resources.files("retrain_sim") / "templates" / TEMPLATE
    environment = jinja2.Environment(autoescape=True, undefined=jinja2.StrictUndefined)
    template = environment.from_string(source.read_text(encoding="utf-8"))
    return template.render(**page._asdict(), figures=figures)
