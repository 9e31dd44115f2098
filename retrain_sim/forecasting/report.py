"""What a forecast tells, and its page."""

from __future__ import annotations

from pathlib import Path

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
from retrain_sim.pages import Page, write_page


def page(found: Forecast) -> Page:
    """Say what is told: the tables that have something to show, and remarks."""
    tables = {
        "By round": course_table(found),
        "Where it ends": limits_table(found),
        "Who survives": fates_table(found),
        "Groups": groups_table(found),
    }
    return Page(
        name="forecast",
        title=f"Forecast of {found.pool.source}",
        headline=headline(found),
        tables={title: table for title, table in tables.items() if table},
        remarks=remarks(found),
    )


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
    return write_page(folder, page(found), figures, summary(found))
