"""Collapse or thrive: replace, accumulate, accumulate and subsample, side by side."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from jaxtyping import Float
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from experiments.base import Experiment
from experiments.compare import (
    draw_path,
    judge_order,
    judge_path,
    judge_trend,
    run_scenario,
    save_figure,
    values_of,
)
from retrain_sim.plotting import COLORS
from retrain_sim.result import Result
from retrain_sim.theory import (
    gaussian_accumulate_variance,
    gaussian_subsample_variance,
    gaussian_variance,
)
from retrain_sim.verdicts import Verdict

DIMS = {"smoke": (3,), "default": (1, 3, 10), "full": (1, 3, 10, 31)}
SIZES = {"smoke": (10,), "default": (10, 100), "full": (10, 100, 316)}
SHAPES = {
    "blobs": {"model.bandwidth": 0.5},
    "circles": {},
    "two-moons": {},
    "swiss-roll": {
        "model.bandwidth": 0.5,
        "reward.0.center": [0.0, 0.0, 0.0],
        "groups.centers": [[0.0, 0.0, 0.0]],
    },
}
SEEDS = {"smoke": (300, 60), "default": (1000, 60), "full": (1000, 200)}
"""Of the Gaussians, whose variance is skewed from run to run, and of the kernels."""
ROUNDS = {"smoke": 30, "default": 100, "full": 100}
TRACE, SHIFT, ENERGY = "variance/trace", "variance/mean_distance2", "distance/energy"
ARMS = ("accumulate", "accumulate-subsample", "replace")
LAWS = dict(
    zip(
        ARMS,
        (gaussian_accumulate_variance, gaussian_subsample_variance, gaussian_variance),
        strict=True,
    )
)
HERE = Path(__file__).parent


def run(profile: str, folder: Path) -> list[Verdict]:
    """Run Gaussians of all sizes, and kernel densities of all shapes."""
    about, (many, few) = f"kazdan-panels ({profile})", SEEDS[profile]
    settings = {"run.rounds": ROUNDS[profile]}
    gaussians = {}
    for n in SIZES[profile]:
        for d in DIMS[profile]:
            sizes = {"data.n": 2 * n, "curation.n_kept": n, "data.dim": d}
            own = settings | sizes | {"reward.0.center": [0.0] * d, "run.seeds": many}
            place = folder / f"gaussian-d{d}-n{n}"
            gaussians[n, d] = run_scenario(HERE / "gaussian.toml", own, place, about)
    kernels = {}
    for shape, own in SHAPES.items():
        changes = {
            "data": {"kind": shape, "n": 200},
            **own,
            **settings,
            "run.seeds": few,
        }
        place = folder / f"kernels-{shape}"
        kernels[shape] = run_scenario(HERE / "kernels.toml", changes, place, about)
    save_figure(_figure(gaussians, kernels), folder)
    return [
        *(v for at, result in gaussians.items() for v in judge_gaussian(result, *at)),
        *(v for shape, result in kernels.items() for v in judge_kernels(result, shape)),
    ]


def law(result: Result, arm: str, n: int) -> Float[np.ndarray, " rows"]:
    """Predict the mean trace, given p_0: the law holds in every coordinate."""
    return LAWS[arm](result.real[TRACE] * (1 - 1 / n), n, result.spec.run.rounds)


def judge_gaussian(result: Result, n: int, d: int) -> list[Verdict]:
    """Compare the traces with their laws; order the errors of the mean."""
    found, at = [], f"Gaussian, d = {d}, n = {n}"
    for arm in ARMS:
        values, expected = values_of(result, TRACE, arm), law(result, arm, n)
        # Later, a few runs carry the mean, and their standard error is not to be had.
        last = n // 2 if arm == "replace" else len(expected)
        found.append(
            judge_path(f"{at}, {arm}: trace", values[:, :last], expected[:last])
        )
    ends = (ARMS[0], ARMS[-1])
    return [*found, judge_order(f"{at}: error of the mean", result, SHIFT, ends)]


def judge_kernels(result: Result, shape: str) -> list[Verdict]:
    """Replaced data end farthest from the truth, and farther than they began."""
    at, ends = f"kernels on {shape}: distance", (ARMS[0], ARMS[-1])
    return [
        judge_order(at, result, ENERGY, ends),
        judge_trend(at, result, ENERGY, "rises", ("replace",)),
    ]


def _figure(gaussians: dict[tuple, Result], kernels: dict[str, Result]) -> Figure:
    n_rows = len({n for n, _ in gaussians})
    figure = Figure(figsize=(11, 2.5 * n_rows + 3), layout="constrained")
    above, below = figure.subfigures(
        2, 1, squeeze=False, height_ratios=(2.5 * n_rows, 2.7)
    )[:, 0]
    shape = (n_rows, len(gaussians) // n_rows)
    axes = above.subplots(*shape, sharex=True, sharey=True, squeeze=False)
    for ax, ((n, d), result) in zip(axes.flat, gaussians.items(), strict=True):
        _draw(ax, result, TRACE, result.real[TRACE] * (1 - 1 / n), n)
        ax.set_title(f"Gaussian, d = {d}, n = {n}", fontsize=10)
        ax.set_ylim(0, 1.15)
    for ax in axes[:, 0]:
        ax.set_ylabel("trace / that of $p_0$")
    axes[0, -1].legend(frameon=False, fontsize=8, loc="center right")
    row = below.subplots(1, len(kernels))
    for ax, (shape_name, result) in zip(row, kernels.items(), strict=True):
        _draw(ax, result, ENERGY)
        ax.set_title(f"kernels on {shape_name}", fontsize=10)
        ax.set_ylim(0)
    row[0].set_ylabel("energy distance")
    return figure


def _draw(
    ax: Axes, result: Result, metric: str, scale: float = 1.0, n: int | None = None
) -> None:
    """Draw all arms; with the law if a sample size says which."""
    for color, arm in zip(COLORS, ARMS, strict=False):
        known = law(result, arm, n) / scale if n else None
        values = values_of(result, metric, arm) / scale
        draw_path(ax, values, known, color=color, label=arm)


EXPERIMENT = Experiment(
    name="kazdan-panels",
    claim="where data are replaced, models lose their variance and leave the data; "
    "where they accumulate, the error stays bounded",
    source="Kazdan et al., 2024, arXiv 2410.16713; Gerstgrasser et al., 2404.01413",
    minutes={"smoke": 0.6, "default": 4, "full": 30},
    expected="the laws of the trace; energy distance of kernels 2.7, 0.24, 0.31, 3.0 "
    "above its start after 30 rounds of replacing (blobs, circles, moons, swiss roll)",
    run=run,
)
