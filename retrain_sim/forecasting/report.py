"""The forecast on the terminal, and in a folder: figures, a page, plain data."""

from __future__ import annotations

import base64
import json
from importlib import resources
from pathlib import Path

import jinja2
from rich.markup import escape

from retrain_sim.errors import UserError
from retrain_sim.files import write_atomic, write_text
from retrain_sim.forecasting.forecast import Forecast
from retrain_sim.forecasting.shown import (
    course_table,
    fates_table,
    groups_table,
    headline,
    limits_table,
    remarks,
)
from retrain_sim.forecasting.summary import summary
from retrain_sim.tables import Table
from retrain_sim.terminal import console, print_table

DATA, PAGE = "forecast.json", "forecast.html"


def tables(found: Forecast) -> dict[str, Table]:
    """Return the tables that have something to show, by their titles."""
    made = {
        "By round": course_table(found),
        "Where it ends": limits_table(found),
        "Who survives": fates_table(found),
        "Groups": groups_table(found),
    }
    return {title: table for title, table in made.items() if table}


def print_forecast(found: Forecast, written: list[Path]) -> None:
    """Print a forecast, and where it was written."""
    out = console()
    out.print(f"\n[bold]{escape(found.pool.source)}[/bold]")
    out.print(f"{escape(headline(found))}\n")
    for title, table in tables(found).items():
        out.print(f"{title}:", style="dim")
        print_table(out, table)
    for line in remarks(found):
        style = "bold yellow" if line.startswith("WARNING") else None
        out.print(escape(line), style=style)
    if written:
        out.print(f"report: {escape(str(written[-1]))}")


def check_folder(folder: Path) -> None:
    """Refuse a folder that holds anything but an earlier forecast."""
    if folder.exists() and not folder.is_dir():
        raise UserError(f"{folder} is a file, a folder is needed")
    if folder.is_dir() and any(folder.iterdir()) and not (folder / DATA).is_file():
        raise UserError(f"{folder} is not empty and holds no forecast: choose another")


def write(found: Forecast, folder: Path) -> list[Path]:
    """Write figures, ``forecast.json`` and the page.

    Args:
        found: of ``forecast``.
        folder: made if needed; an earlier forecast in it is replaced.

    Returns:
        The files written, the page last.
    """
    # Drawing takes a second to import, and is not needed to print.
    from retrain_sim.forecasting.figures import CAPTIONS, FIGURES
    from retrain_sim.report import png

    check_folder(folder)
    (folder / "figures").mkdir(parents=True, exist_ok=True)
    written, shown = [], []
    for name, draw in FIGURES.items():
        figure = draw(found)
        if figure is not None:
            image = png(figure)
            written.append(folder / "figures" / f"{name}.png")
            write_atomic(written[-1], lambda file, image=image: file.write(image))
            shown.append((CAPTIONS[name], base64.b64encode(image).decode()))
    written += [folder / DATA, folder / PAGE]
    write_text(written[-2], json.dumps(summary(found), indent=1))
    write_text(written[-1], _page(found, shown))
    return written


def _page(found: Forecast, figures: list[tuple[str, str]]) -> str:
    source = resources.files("retrain_sim") / "templates" / PAGE
    environment = jinja2.Environment(autoescape=True, undefined=jinja2.StrictUndefined)
    template = environment.from_string(source.read_text(encoding="utf-8"))
    return template.render(
        title=f"Forecast of {found.pool.source}",
        headline=headline(found),
        tables=tables(found),
        remarks=remarks(found),
        figures=figures,
    )
