"""``retrain-sim plot``: pictures of a sweep."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from retrain_sim.cli.app import Whole, app
from retrain_sim.errors import UserError


@app.command
def plot(
    folder: Path,
    *,
    kind: Annotated[list[str] | None, Parameter(negative="")] = None,
    metric: str = "",
    x: str = "",
    y: str = "",
    color: str = "",
    panel: str = "",
    at: Annotated[list[str] | None, Parameter(negative="")] = None,
    round: Whole = None,
    out: Path | None = None,
) -> int:
    """Draw a sweep: curves, heat maps, phase diagrams, chosen from its dimensions.

    Args:
        folder: The sweep folder.
        kind: Of picture: curves, rounds, heat, phase, scatter; by default what suits.
        metric: What to show; by default the headline metric.
        x: The dimension along the horizontal axis.
        y: The dimension along the vertical axis of a map.
        color: The dimension told apart by color.
        panel: The dimension with a panel per value.
        at: DIMENSION=VALUE, for a dimension that is not shown; may be repeated.
        round: Which round; by default the last.
        out: Folder for the pictures; by default plots in the sweep folder.
    """
    from retrain_sim.opening import open_results
    from retrain_sim.sweeping.folder import SweepFolder
    from retrain_sim.sweeping.pictures import Wish, draw_all

    SweepFolder.open(folder)
    found = open_results(folder)
    headline = found.attrs["headline"]
    wish = Wish(metric, x, y, color, panel, _held(at or []), round)
    for path in draw_all(found, headline, out or folder / "plots", kind or [], wish):
        print(path)
    return 0


def _held(texts: list[str]) -> dict[str, str]:
    held = {}
    for text in texts:
        name, equals, value = text.partition("=")
        if not equals:
            raise UserError(f"--at {text}: expected DIMENSION=VALUE")
        held[name.strip()] = value.strip()
    return held
