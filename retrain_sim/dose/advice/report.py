"""The advice on the terminal, and in a folder: figures, a page, plain data."""

from __future__ import annotations

from pathlib import Path

from rich.markup import escape

from retrain_sim import pages
from retrain_sim.dose.advice.advise import Advice
from retrain_sim.dose.advice.shown import (
    curves_table,
    distances_table,
    groups_table,
    headline,
    laws_table,
    remarks,
)
from retrain_sim.dose.advice.summary import summary
from retrain_sim.tables import Table
from retrain_sim.terminal import console, print_table


def tables(found: Advice) -> dict[str, Table]:
    """Return the tables that have something to show, by their titles."""
    made = {
        "How much to use": groups_table(found),
        "The U-curve": curves_table(found),
        "The law of mixed means": laws_table(found),
        "All rows: how far off": distances_table(found),
    }
    return {title: table for title, table in made.items() if table}


def print_advice(found: Advice, written: list[Path]) -> None:
    """Print the advice, and where it was written."""
    out = console()
    out.print(f"\n[bold]{escape(_title(found))}[/bold]")
    out.print(f"{escape(headline(found))}\n")
    for title, table in tables(found).items():
        out.print(f"{title}:", style="dim")
        print_table(out, table)
    for line in remarks(found):
        style = "bold yellow" if line.startswith("WARNING") else None
        out.print(escape(line), style=style)
    if written:
        out.print(f"report: {escape(str(written[-1]))}")


def _title(found: Advice) -> str:
    return " + ".join(found.sources)


def check_folder(folder: Path) -> None:
    """Refuse a folder that holds anything but an earlier advice."""
    pages.check_folder(folder, "dose")


def write(found: Advice, folder: Path) -> list[Path]:
    """Write figures, ``dose.json`` and the page.

    Args:
        found: of ``advise``.
        folder: made if needed; an earlier advice in it is replaced.

    Returns:
        The files written, the page last.
    """
    # Drawing takes a second to import, and is not needed to print.
    from retrain_sim.dose.advice.figures import CAPTIONS, FIGURES

    figures = {name: (draw(found), CAPTIONS[name]) for name, draw in FIGURES.items()}
    shown = {
        "title": f"Dose for {_title(found)}",
        "headline": headline(found),
        "tables": tables(found),
        "remarks": remarks(found),
    }
    return pages.write_page(folder, "dose", figures, summary(found), shown)
