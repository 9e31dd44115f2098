"""What an advice tells, and its page."""

from __future__ import annotations

from pathlib import Path

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
from retrain_sim.pages import Page, write_page


def page(found: Advice) -> Page:
    """Say what is told: the tables that have something to show, and remarks."""
    tables = {
        "How much to use": groups_table(found),
        "The U-curve": curves_table(found),
        "The law of mixed means": laws_table(found),
        "All rows: how far off": distances_table(found),
    }
    return Page(
        name="dose",
        title=f"Dose for {' + '.join(found.sources)}",
        headline=headline(found),
        tables={title: table for title, table in tables.items() if table},
        remarks=remarks(found),
    )


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
    return write_page(folder, page(found), figures, summary(found))
