"""The forecast on the terminal, and in a folder: figures, a page, plain data."""

from __future__ import annotations

from pathlib import Path

from rich.markup import escape

from retrain_sim import pages
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
    pages.check_folder(folder, "forecast")


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

    figures = {name: (draw(found), CAPTIONS[name]) for name, draw in FIGURES.items()}
    shown = {
        "title": f"Forecast of {found.pool.source}",
        "headline": headline(found),
        "tables": tables(found),
        "remarks": remarks(found),
    }
    return pages.write_page(folder, "forecast", figures, summary(found), shown)
