"""What the experiments on exact theory share: landscapes, verdicts, results."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

import numpy as np
from jaxtyping import Float
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from retrain_sim.files import write_atomic, write_text
from retrain_sim.report import png
from retrain_sim.verdicts import FAIL, PASS, Verdict


def quadratic_rewards(
    x: Float[np.ndarray, " n"], distance: float
) -> Float[np.ndarray, "2 n"]:
    """Score points on a line by minus the squared distance to two optima.

    Args:
        x: positions [n].
        distance: between the optima, which lie at -distance/2 and distance/2.

    Returns:
        Rewards [2, n].

    Example:
        >>> quadratic_rewards(np.array([-1.0, 0.0]), 2.0).tolist()
        [[-0.0, -1.0], [-4.0, -1.0]]
    """
    return -np.stack([(x + distance / 2) ** 2, (x - distance / 2) ** 2])


def holds(
    subject: str, true: bool | np.bool_, measured: str, gap: float = math.nan
) -> Verdict:
    """Judge an exact statement: PASS if it is true, else FAIL; no standard error.

    Example:
        >>> holds("2 + 2 = 4", 2 + 2 == 4, "4").verdict
        'PASS'
    """
    return Verdict(subject, PASS if true else FAIL, gap, 0.0, measured)


def save(
    folder: Path, figure: Figure, verdicts: list[Verdict], **numbers: Any
) -> list[Verdict]:
    """Leave ``figure.png`` and ``results.json`` in the folder; return the verdicts.

    Args:
        folder: made if it does not exist.
        figure: the picture.
        verdicts: what was judged.
        **numbers: what was computed; arrays become lists, numbers that are not finite
            become null.
    """
    folder.mkdir(parents=True, exist_ok=True)
    image = png(figure)
    write_atomic(folder / "figure.png", lambda file: file.write(image))
    rows = [verdict._asdict() for verdict in verdicts]
    content = _plain({"verdicts": rows, "numbers": numbers})
    write_text(folder / "results.json", json.dumps(content, indent=1) + "\n")
    return verdicts


def bare(*axes: Axes) -> None:
    """Take the upper and right frame away."""
    for ax in axes:
        ax.spines[["top", "right"]].set_visible(False)


def _plain(value: Any) -> Any:
    """Turn arrays and what is not finite into what JSON knows."""
    if isinstance(value, dict):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, np.ndarray | np.generic):
        return _plain(value.tolist())
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return value
