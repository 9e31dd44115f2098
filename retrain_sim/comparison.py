"""Several runs side by side: one table, one picture."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from matplotlib.figure import Figure

from retrain_sim.errors import UserError, nearest
from retrain_sim.files import write_atomic
from retrain_sim.plotting import draw_metric
from retrain_sim.report import png
from retrain_sim.result import Result
from retrain_sim.store import RunFolder
from retrain_sim.tables import Table, comparison_table


class Comparison(NamedTuple):
    """Runs, their names, and the metric that is compared."""

    names: list[str]
    results: list[Result]
    metric: str
    table: Table


def comparison(folders: Sequence[Path], metric: str = "") -> Comparison:
    """Read finished runs and compare one metric.

    Args:
        folders: their run folders.
        metric: its name; by default the headline metric of the first.

    Returns:
        The table, and what the picture needs.

    Raises:
        UserError: not a finished run, or a metric that one of them does not have.
    """
    results = [RunFolder.open(folder).result() for folder in folders]
    metric = metric or results[0].headline
    for folder, result in zip(folders, results, strict=True):
        if metric not in result.metric_names():
            hint = nearest(metric, result.metric_names())
            raise UserError(f"{folder}: no metric {metric!r}; {hint}")
    names = [folder.name for folder in folders]
    table = comparison_table(results, names, metric)
    return Comparison(names, results, metric, table)


def write_comparison(found: Comparison, path: Path) -> None:
    """Draw the metric of every run, one panel each, on a common scale."""
    n = len(found.results)
    figure = Figure(figsize=(4.2 * n, 3.6), layout="constrained")
    axes = figure.subplots(1, n, sharey=True, squeeze=False)[0]
    for ax, name, result in zip(axes, found.names, found.results, strict=True):
        draw_metric(ax, result, found.metric)
        ax.set_title(name)
        ax.label_outer()
    image = png(figure)
    write_atomic(path, lambda file: file.write(image))
