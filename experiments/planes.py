"""What the loops in the plane share: data, models, and laws with a tolerance."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from jaxtyping import Float
from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator

import retrain_sim as rs
from experiments.compare import draw_path, values_of
from retrain_sim.plotting import THEORY
from retrain_sim.result import Result
from retrain_sim.verdicts import CLOSE, FAIL, PASS, Verdict, judge_prediction

MODELS: dict[str, dict[str, Any]] = {
    "flow": {
        "kind": "flow-matching",
        "coupling": "optimal-transport",
        "hidden": [64, 64, 64],
        "solver": "midpoint",
        "solver_steps": 15,
    },
    "diffusion": {"kind": "diffusion", "hidden": [64, 64, 64], "solver_steps": 30},
    "coupling flow": {"kind": "coupling-flow", "hidden": [32, 32]},
}
"""OT-CFM, DDPM and RealNVP, small."""

TRAINING = {
    "batch": 64,
    "average": 0.99,
    "initial_steps": 4000,
    "steps": 400,
    "initial_rate": 3e-3,
    "rate": 2e-3,
}
QUICK = {"initial_steps": 1000, "steps": 150}
"""Of the smoke profile."""


def moon_places(per_moon: int = 4) -> list[list[float]]:
    """Return places along the upper moon, then along the lower one.

    Example:
        >>> [[round(c, 3) for c in place] for place in moon_places(1)]
        [[0.0, 1.0], [1.0, -0.5]]
    """
    angle = (np.arange(per_moon) + 0.5) * np.pi / per_moon
    across, up = np.cos(angle), np.sin(angle)
    upper, lower = np.stack([across, up]), np.stack([1 - across, 0.5 - up])
    return np.concatenate([upper, lower], axis=1).T.tolist()


DATA: dict[str, dict[str, Any]] = {
    "eight Gaussians": {},
    "two moons": {
        "data": {"kind": "two-moons", "n": 8000},
        "groups.centers": moon_places(),
    },
}
"""What a data set changes in the scenario of the eight Gaussians."""


def run_planes(
    scenario: Path,
    settings: dict[str, dict[str, Any]],
    smoke: bool,
    folder: Path,
    about: str,
) -> dict[tuple[str, str], Result]:
    """Run every model on data sets; ``retrain-sim report`` tells more of each.

    Args:
        scenario: of the eight Gaussians.
        settings: data set -> what the experiment changes in its scenario.
        smoke: train less.
        folder: of the experiment.
        about: the experiment and its profile.

    Returns:
        (data, model) -> result.
    """
    found = {}
    for data, own in settings.items():
        for model, values in MODELS.items():
            trained = {"model": values | TRAINING | (QUICK if smoke else {})}
            place = folder / f"{data}-{model}".replace(" ", "-")
            changes = DATA[data] | own | trained
            spec = rs.load_spec(scenario, changes)
            # Without its report, whose limits on all atoms would take the most time.
            found[data, model] = rs.run(spec, place, command=f"experiments run {about}")
    return found


def sets_of(profile: str) -> list[str]:
    """Name the data sets of a profile: the smallest has only the first."""
    return list(DATA)[: 1 if profile == "smoke" else None]


def follows(
    subject: str,
    values: Float[np.ndarray, "s rows"],
    law: Float[np.ndarray, " rows"],
    tolerance: float,
) -> Verdict:
    """Compare the mean over seeds with a law, round by round: the worst round decides.

    Args:
        subject: what is compared.
        values: by seed and round; begin with a round that has randomness.
        law: what the mean over seeds should be, in the same rounds.
        tolerance: greatest gap that is CLOSE.

    Returns:
        PASS if every round is within 4 standard errors, CLOSE if within the tolerance.

    Example:
        >>> values = np.array([[0.9, 2.1], [1.1, 1.9]])
        >>> follows("a", values, np.array([1.0, 3.0]), 0.1).verdict
        'FAIL'
    """
    found = [
        judge_prediction(subject, column, expected, 0.0, tolerance, [])
        for column, expected in zip(values.T, law, strict=True)
    ]
    order = (PASS, CLOSE, FAIL)
    worst = max(found, key=lambda v: (order.index(v.verdict), abs(v.gap)))
    return worst._replace(reason=f"worst gap {worst.gap:+.3f}, se {worst.se:.3f}")


def predicted(result: Result, metric: str, arm: str) -> Float[np.ndarray, " rows"]:
    """Return the exact map's course of a metric."""
    return np.asarray(result.prediction[metric].sel(arm=arm).values)


def draw_course(
    ax: Axes, result: Result, metric: str, arm: str, color: str, label: str = ""
) -> None:
    """Draw a metric by round, and the exact map dashed in the same color."""
    draw_path(ax, values_of(result, metric, arm), color=color, label=label)
    ax.plot(predicted(result, metric, arm), color=color, **THEORY)
    ax.xaxis.set_major_locator(MaxNLocator(nbins=5, integer=True))


def draw_points(ax: Axes, result: Result, arm: str, round: int, color: str) -> None:
    """Draw the samples that all seeds show of one round."""
    samples = result.history["samples"].sel(arm=arm, round=round).values
    x = samples.reshape(-1, 2)
    ax.scatter(x[:, 0], x[:, 1], s=2.5, color=color, alpha=0.7, lw=0)


def bare_plane(ax: Axes, data: str) -> None:
    """Fix the window of a data set, without ticks."""
    (left, right), (low, high) = WINDOWS[data]
    ax.set(xlim=(left, right), ylim=(low, high), xticks=[], yticks=[], aspect="equal")


WINDOWS = {
    "eight Gaussians": ((-4.6, 4.6), (-4.6, 4.6)),
    "two moons": ((-1.8, 2.8), (-2.05, 2.55)),
}
