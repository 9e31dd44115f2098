"""The primer on one page: claim, picture, number and verdict of every part."""

from __future__ import annotations

import base64
from pathlib import Path
from typing import Any

import jinja2
import numpy as np
from matplotlib.figure import Figure

from experiments.common import bare
from experiments.primer.driver import Finding, Part
from retrain_sim.files import write_text
from retrain_sim.report import png
from retrain_sim.verdicts import FAIL, PASS

TEMPLATE = Path(__file__).parent / "page.html"
WIDTHS = {2: (9.6, 3.6), 3: (12.0, 3.6)}
"""Number of panels -> inches of their picture."""


def picture(finding: Finding) -> Figure:
    """Draw one part."""
    figure = Figure(figsize=WIDTHS[finding.panels], layout="constrained")
    axes = figure.subplots(1, finding.panels)
    finding.draw(*axes)
    bare(*axes)
    return figure


def overview(findings: dict[Part, Finding]) -> Figure:
    """Draw all parts side by side, two in a row."""
    if len(findings) == 1:
        return picture(*findings.values())
    rows = (len(findings) + 1) // 2
    figure = Figure(figsize=(19, 3.9 * rows), layout="constrained")
    cells = np.asarray(figure.subfigures(rows, 2, wspace=0.03), object).ravel()
    for cell, (part, finding) in zip(cells, findings.items(), strict=False):
        cell.suptitle(f"{part.name.upper()}. {part.title}", fontweight="bold")
        axes = cell.subplots(1, finding.panels)
        finding.draw(*axes)
        bare(*axes)
    return figure


def verdict_of(finding: Finding) -> str:
    """Return FAIL if any verdict fails."""
    return FAIL if any(v.verdict == FAIL for v in finding.verdicts) else PASS


def render(findings: dict[Part, Finding], profile: str) -> str:
    """Fill in the page."""
    environment = jinja2.Environment(autoescape=True, undefined=jinja2.StrictUndefined)
    template = environment.from_string(TEMPLATE.read_text(encoding="utf-8"))
    parts = [_shown(part, finding) for part, finding in findings.items()]
    verdicts = [v.verdict for finding in findings.values() for v in finding.verdicts]
    return template.render(
        parts=parts,
        profile=profile,
        passed=verdicts.count(PASS),
        verdicts=len(verdicts),
    )


def sentence(text: str) -> str:
    """Begin with a capital, and keep every number and its margin on one line.

    Example:
        >>> ascii(sentence("gap 0.2 ± 0.1")).count("xa0")
        2
    """
    return text[:1].upper() + text[1:].replace(" ± ", "\u00a0±\u00a0")


def _shown(part: Part, finding: Finding) -> dict[str, Any]:
    return {
        "name": part.name,
        "title": part.title,
        "claim": sentence(part.claim),
        "number": sentence(finding.number),
        "verdict": verdict_of(finding),
        "verdicts": finding.verdicts,
        "distances": {name: str(far) for name, far in finding.distances.items()},
        "png": base64.b64encode(png(picture(finding))).decode(),
    }


def write_page(findings: dict[Part, Finding], profile: str, folder: Path) -> Path:
    """Write ``primer.html``, one file with all pictures in it."""
    folder.mkdir(parents=True, exist_ok=True)
    write_text(folder / "primer.html", render(findings, profile))
    return folder / "primer.html"
