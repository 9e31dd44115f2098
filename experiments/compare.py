"""What experiments share: runs with reports, laws against paths, and figures."""

from __future__ import annotations

import math
from collections.abc import Mapping
from contextlib import closing
from pathlib import Path
from typing import Any

import numpy as np
from jaxtyping import Float
from matplotlib.axes import Axes
from matplotlib.figure import Figure

import retrain_sim as rs
from retrain_sim.files import write_atomic
from retrain_sim.plotting import STYLE, THEORY
from retrain_sim.report import png, write_report
from retrain_sim.result import Result
from retrain_sim.sections import Claim
from retrain_sim.terminal import Bar
from retrain_sim.verdicts import (
    FAIL,
    PASS,
    Verdict,
    judge_claim,
    judge_prediction,
    standard_error,
)


def run_scenario(
    scenario: Path, overrides: Mapping[str, Any], folder: Path, about: str
) -> Result:
    """Run a scenario with overrides, and write its report into its folder."""
    spec = rs.load_spec(scenario, overrides)
    with closing(Bar()) as bar:
        command = f"experiments run {about}"
        result = rs.run(spec, folder, command=command, listener=bar)
    write_report(result, folder)
    return result


def values_of(result: Result, metric: str, arm: str) -> Float[np.ndarray, "s rows"]:
    """Return one metric of one arm, by seed and round."""
    return result.history[metric].sel(arm=arm).values.astype(np.float64)


def judge_path(
    subject: str, values: Float[np.ndarray, "s rows"], law: Float[np.ndarray, " rows"]
) -> Verdict:
    """Compare the mean over seeds with a law: the worst round decides.

    Args:
        subject: what is compared.
        values: by seed and round; begin with a round that has randomness.
        law: what the mean over seeds should be, in the same rounds.

    Returns:
        PASS if every round is within 4 standard errors.

    Example:
        >>> values = np.array([[0.9, 2.1], [1.1, 1.9], [1.0, 2.0]])
        >>> judge_path("a", values, np.array([1.0, 2.0])).verdict
        'PASS'
        >>> judge_path("a", values, np.array([1.0, 3.0])).verdict
        'FAIL'
    """
    rows = [
        judge_prediction(subject, column, expected, 0.0, 0.0, [])
        for column, expected in zip(values.T, law, strict=True)
    ]
    worst = max(rows, key=lambda v: math.inf if v.verdict == FAIL else _errors(v))
    return worst._replace(
        verdict=PASS if all(v.verdict == PASS for v in rows) else FAIL,
        reason=f"worst gap {worst.gap:.2g} = {_errors(worst):.1f} standard errors",
    )


def _errors(verdict: Verdict) -> float:
    return abs(verdict.gap) / (verdict.se or math.inf)


def judge_order(
    subject: str, result: Result, metric: str, arms: tuple[str, ...]
) -> Verdict:
    """Judge that arms increase in the order given, in the mean of the second half."""
    late = {arm: late_mean(values_of(result, metric, arm)) for arm in arms}
    found = judge_claim(Claim("ordered", arms, metric), late)
    return found._replace(subject=f"{subject}: {' < '.join(arms)}")


def late_mean(values: Float[np.ndarray, "s rows"]) -> Float[np.ndarray, "s 1"]:
    """Average the second half of the rounds, seed by seed."""
    return values[:, values.shape[1] // 2 :].mean(axis=1, keepdims=True)


def judge_trend(
    subject: str, result: Result, metric: str, kind: str, arms: tuple[str, ...]
) -> Verdict:
    """Judge that a metric ``rises`` or ``falls``, from the first round to the last."""
    values = {arm: values_of(result, metric, arm) for arm in arms}
    found = judge_claim(Claim(kind, arms, metric), values)
    return found._replace(subject=f"{subject} {kind}: {', '.join(arms)}")


def draw_path(
    ax: Axes,
    values: Float[np.ndarray, "s rows"],
    law: Float[np.ndarray, " rows"] | None = None,
    **style: Any,
) -> None:
    """Draw the mean over seeds, its band of 4 standard errors, and the law, dashed."""
    rounds = np.arange(values.shape[1])
    mean = values.mean(axis=0)
    margin = 4 * np.array([standard_error(column) for column in values.T])
    ax.plot(rounds, mean, **(STYLE | style))
    ax.fill_between(
        rounds, mean - margin, mean + margin, color=style["color"], alpha=0.25, lw=0
    )
    if law is not None:
        ax.plot(rounds, law, color="black", **THEORY)
    ax.set_xlabel("round")
    ax.spines[["top", "right"]].set_visible(False)


def save_figure(figure: Figure, folder: Path) -> None:
    """Write ``figure.png``."""
    image = png(figure)
    write_atomic(folder / "figure.png", lambda file: file.write(image))
