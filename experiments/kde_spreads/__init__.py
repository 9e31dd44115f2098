"""A kernel density refitted to its own samples: the variance may grow."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from jaxtyping import Float
from matplotlib.figure import Figure

from experiments.base import Experiment
from experiments.compare import (
    draw_path,
    judge_path,
    judge_trend,
    run_scenario,
    save_figure,
    values_of,
)
from retrain_sim.plotting import COLORS
from retrain_sim.result import Result
from retrain_sim.theory import kernel_density_variance
from retrain_sim.verdicts import Verdict

SETTINGS = {
    "smoke": {"run.rounds": 40},
    "default": {},
    "full": {"run.rounds": 400},
}
SEEDS = {"smoke": (300, 12), "default": (1000, 40), "full": (10_000, 200)}
"""For the variance, which is skewed from run to run, and for the costly metrics."""
TRACE, NEARBY = "variance/trace", "coverage/nearby"
QUALITY = {
    NEARBY: "near a mode",
    "fidelity/precision": "precision",
    "fidelity/coverage": "coverage",
}
SCENARIO = Path(__file__).parent / "scenario.toml"


def run(profile: str, folder: Path) -> list[Verdict]:
    """Simulate three sample sizes; the variance obeys its law, the modes are lost."""
    about, (many, few) = f"kde-spreads ({profile})", SEEDS[profile]
    cheap = {"run.seeds": many, "metrics.names": ["variance"], "run.shown": 10}
    dear = {"run.seeds": few}
    variance, quality = (
        run_scenario(SCENARIO, SETTINGS[profile] | own, folder / name, about)
        for name, own in {"variance": cheap, "quality": dear}.items()
    )
    save_figure(_figure(variance, quality), folder)
    return _judge_variance(variance) + _judge_quality(quality)


def size(arm: str) -> int:
    """Read the samples per round off an arm's name."""
    return int(arm.removeprefix("n = "))


def law(result: Result, arm: str) -> Float[np.ndarray, " rows"]:
    """Predict the total variance of p_t: that of the stored samples, plus d h^2."""
    h = result.spec.values["model"]["bandwidth"]
    n_real, dim = result.spec.values["data"]["n"] // 2, 2
    stored = result.real[TRACE] * (1 - 1 / n_real) / dim
    path = kernel_density_variance(stored, size(arm), h, result.spec.run.rounds)
    return dim * (path + h**2)


def _judge_variance(result: Result) -> list[Verdict]:
    found = [
        judge_path(f"{arm}: variance", values_of(result, TRACE, arm), law(result, arm))
        for arm in result.arms
    ]
    few, *more = result.arms
    found.append(judge_trend("variance", result, TRACE, "falls", (few,)))
    found.append(judge_trend("variance", result, TRACE, "rises", tuple(more)))
    return found


def _judge_quality(result: Result) -> list[Verdict]:
    return [
        judge_trend(name, result, metric, "falls", tuple(result.arms))
        for metric, name in QUALITY.items()
    ]


def _figure(variance: Result, quality: Result) -> Figure:
    figure = Figure(figsize=(10, 6.4), layout="constrained")
    above, below = figure.subfigures(2, 1, squeeze=False, height_ratios=(1.25, 1))[:, 0]
    axes = above.subplots(1, 2)
    for color, arm in zip(COLORS, variance.arms, strict=False):
        values = values_of(variance, TRACE, arm)
        draw_path(axes[0], values, law(variance, arm), color=color, label=arm)
        draw_path(axes[1], values_of(quality, NEARBY, arm), color=color)
    axes[0].set(ylim=0, title="Total variance (dashed: law)")
    axes[0].legend(frameon=False, title="samples per round", loc="upper left")
    axes[1].set(ylim=(0, 1.02), title="Share of samples near one of the eight modes")
    _draw_clouds(below, quality)
    return figure


def _draw_clouds(panel, result: Result) -> None:
    """Show the samples of one seed: the real shape, and every arm's last round."""
    samples = result.history["samples"]
    shown = {"$p_0$": ("0.4", samples.sel(arm=result.arms[0], round=0))}
    for color, arm in zip(COLORS, result.arms, strict=False):
        last = samples.sel(arm=arm).isel(round=-1)
        shown[f"{arm}, round {result.spec.run.rounds}"] = (color, last)
    for ax, (title, (color, x)) in zip(
        panel.subplots(1, len(shown)), shown.items(), strict=True
    ):
        ax.scatter(*x.values[0].T, s=3, color=color, alpha=0.6, lw=0)
        ax.set(title=title, xlim=(-11, 11), ylim=(-11, 11), xticks=[], yticks=[])
        ax.set_aspect("equal")


EXPERIMENT = Experiment(
    name="kde-spreads",
    claim="a kernel density retrained on its own samples forgets its clusters even "
    "while its variance grows: a falling variance does not define collapse",
    source="law derived here for the loop of Kazdan et al., 2024, arXiv 2410.16713",
    minutes={"smoke": 0.2, "default": 0.7, "full": 6},
    expected="variance from 8.4 to 3.7, 14.2, 21.0 (n = 20, 100, 300); near a mode "
    "from 0.95 to 0.24, 0.27, 0.27",
    run=run,
)
