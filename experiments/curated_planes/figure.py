"""Limit densities above samples of every model; the mass in the ball; the causes."""

from __future__ import annotations

import math

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Circle

from experiments.common import bare
from experiments.curated_planes.judge import (
    ARMS,
    BALL,
    SHARES,
    UNCURATED,
    causes,
)
from experiments.curated_planes.theory import Plane
from experiments.planes import MODELS, bare_plane, draw_course, draw_points
from retrain_sim.plotting import COLORS, THEORY
from retrain_sim.result import Result
from retrain_sim.theory import hard_separation_mass

COLOR = dict(zip(ARMS, COLORS, strict=False))


def draw(results: dict[tuple[str, str], Result], planes: dict[str, Plane]) -> Figure:
    """Draw a block per data set: a row of theory, then a row per model."""
    rows = 1 + len(MODELS)
    figure = Figure(figsize=(12.5, 2.4 * rows * len(planes)), layout="constrained")
    blocks = figure.subfigures(len(planes), 1, squeeze=False)[:, 0]
    for block, data in zip(blocks, planes, strict=True):
        axes = block.subplots(rows, 5, width_ratios=(1, 1, 1, 1.25, 1.25))
        of_data = {model: results[data, model] for model in MODELS}
        _theory_row(axes[0], planes[data], of_data["flow"], data)
        for row, (model, result) in zip(axes[1:], of_data.items(), strict=True):
            _model_row(row, result, data)
            row[0].set_ylabel(model)
        block.suptitle(f"{data}: samples of the last round; dashed: exact map")
    return figure


def _theory_row(row: np.ndarray, plane: Plane, result: Result, data: str) -> None:
    """Draw the density that every loop should end in, and the exact mass."""
    n_rounds = result.spec.run.rounds
    rounds = np.arange(n_rounds + 1)
    for ax, arm in zip(row, ARMS, strict=False):
        end = plane.probs if arm == UNCURATED else plane.end(SHARES[arm])
        _density(ax, plane, end, data)
        _ball(ax, result)
        ax.set_title(arm, color=COLOR[arm], fontsize=10)
        if arm in SHARES:
            mass = plane.mass(n_rounds, SHARES[arm])
            row[3].plot(rounds, mass, color=COLOR[arm], **THEORY)
    row[0].set_ylabel("theory: limit")
    a_0 = float(plane.probs @ plane.best)
    ladder = hard_separation_mass(a_0, 2, n_rounds)
    row[3].plot(rounds, ladder, "o", ms=4, color="0.4", label="rest infinitely worse")
    row[3].axhline(math.sqrt(a_0), color="0.4", lw=1, label="square root of $a_0$")
    row[3].set(ylim=(0, 1.03), xlabel="round", title="mass in the ball")
    row[3].legend(frameon=False, fontsize=7)
    row[4].set_axis_off()
    for arm in ARMS:
        row[4].plot([], [], color=COLOR[arm], lw=6, label=arm)
    title = "entropy of the places (nats)\ntaken by each cause (below)"
    row[4].legend(frameon=False, fontsize=9, loc="center", title=title)
    bare(row[3])


def _model_row(row: np.ndarray, result: Result, data: str) -> None:
    last = result.spec.run.rounds
    for ax, arm in zip(row, ARMS, strict=False):
        draw_points(ax, result, arm, last, COLOR[arm])
        _ball(ax, result)
        bare_plane(ax, data)
        draw_course(row[3], result, BALL, arm, COLOR[arm])
    row[3].set_ylim(0, 1.03)
    _causes(row[4], result)


def _density(ax: Axes, plane: Plane, probs: np.ndarray, data: str) -> None:
    side = math.isqrt(len(probs))
    image = np.sqrt(probs / probs.max()).reshape(side, side)
    (left, low), (right, high) = plane.x.min(axis=0), plane.x.max(axis=0)
    edges = (left, right, low, high)
    ax.imshow(image, origin="lower", extent=edges, cmap="Greys", aspect="equal")
    bare_plane(ax, data)


def _ball(ax: Axes, result: Result) -> None:
    reward = result.spec.values["reward"][0]
    ring = Circle(reward["center"], reward["radius"], fill=False, ls=":", lw=1)
    ax.add_patch(ring)


def _causes(ax: Axes, result: Result) -> None:
    """Draw what took the entropy, arm by arm."""
    found = causes(result)
    names = list(next(iter(found.values())))
    for i, (arm, losses) in enumerate(found.items()):
        at = np.arange(len(names)) + 0.27 * (i - 1)
        ax.barh(at, list(losses.values()), height=0.25, color=COLOR[arm])
    ax.set_yticks(range(len(names)), names)
    ax.invert_yaxis()
    ax.axvline(0, color="0.3", lw=0.8)
    ax.set_xlim(-0.6, 2.3)
    bare(ax)
