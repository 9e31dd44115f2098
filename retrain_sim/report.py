"""Figures, GIF and the one-page report of a run."""

from __future__ import annotations

import base64
import io
from importlib import resources
from pathlib import Path

import jinja2
import numpy as np
from matplotlib.figure import Figure

from retrain_sim.captions import caption
from retrain_sim.figures import FIGURES
from retrain_sim.files import write_atomic, write_text
from retrain_sim.plotting import draw_samples
from retrain_sim.result import Result
from retrain_sim.tables import (
    arms_table,
    audit_table,
    claims_table,
    decomposition_table,
    describe_notes,
)
from retrain_sim.theory_tables import theory_lines, theory_tables

DPI = 130


def write_report(result: Result, folder: Path, gif: bool = False) -> list[Path]:
    """Draw every figure and write the self-contained page.

    Args:
        result: the run.
        folder: its run folder.
        gif: also write ``figures/samples.gif``, the samples round by round.

    Returns:
        The files written, the page last.
    """
    figures = folder / "figures"
    figures.mkdir(exist_ok=True)
    written, shown = [], []
    for name, draw in FIGURES.items():
        figure = draw(result)
        if figure is not None:
            image = png(figure)
            written.append(figures / f"{name}.png")
            write_atomic(written[-1], lambda file, image=image: file.write(image))
            encoded = base64.b64encode(image).decode()
            shown.append(
                {"name": name, "png": encoded, "caption": caption(name, result)}
            )
    if gif:
        written.append(write_gif(result, figures / "samples.gif"))
    written.append(folder / "report.html")
    write_text(written[-1], render(result, shown))
    return [path for path in written if path.exists()]


def png(figure: Figure) -> bytes:
    """Draw a figure as PNG."""
    buffer = io.BytesIO()
    figure.savefig(buffer, format="png", dpi=DPI)
    return buffer.getvalue()


def write_gif(result: Result, path: Path) -> Path:
    """Write the samples of every arm, round by round, as an animated GIF."""
    from PIL import Image

    if result.history["samples"].ndim < 5:
        return path
    frames = [
        Image.open(io.BytesIO(png(_frame(result, int(round)))))
        for round in result.history["round"].values
    ]
    write_atomic(
        path,
        lambda file: frames[0].save(
            file, "GIF", save_all=True, append_images=frames[1:], duration=600, loop=0
        ),
    )
    return path


def _frame(result: Result, round: int) -> Figure:
    figure = Figure(figsize=(2.4 * len(result.arms), 2.8), layout="constrained")
    axes = np.atleast_1d(figure.subplots(1, len(result.arms)))
    for ax, arm in zip(axes, result.arms, strict=True):
        draw_samples(ax, result, arm, round)
        ax.set_title(arm)
    figure.suptitle(f"round {round}")
    return figure


def render(result: Result, figures: list[dict]) -> str:
    """Fill in the page."""
    source = resources.files("retrain_sim") / "templates" / "report.html"
    environment = jinja2.Environment(autoescape=True, undefined=jinja2.StrictUndefined)
    template = environment.from_string(source.read_text(encoding="utf-8"))
    return template.render(
        result=result,
        notes=describe_notes(result.notes),
        figures=figures,
        tables=[
            ("Arms", arms_table(result)),
            ("Claims about shapes", claims_table(result)),
            ("Where the diversity went", decomposition_table(result)),
            ("Assumptions of the prediction, audited", audit_table(result)),
        ],
        theory_tables=theory_tables(result),
        theory_lines=theory_lines(result),
        reasons=[(arm, v.verdict, v.reason) for arm, v in result.verdicts.items()],
        scenario=result.spec.to_toml(),
    )
