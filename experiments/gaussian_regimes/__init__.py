"""One Gaussian in three regimes, against the exact laws of its variance."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from jaxtyping import Float
from matplotlib.figure import Figure
from scipy.special import digamma

from experiments.base import Experiment
from experiments.compare import (
    draw_path,
    judge_order,
    judge_path,
    run_scenario,
    save_figure,
    values_of,
)
from retrain_sim.plotting import COLORS
from retrain_sim.result import Result
from retrain_sim.theory import (
    gaussian_accumulate_variance,
    gaussian_log_variance,
    gaussian_subsample_variance,
    gaussian_variance,
)
from retrain_sim.verdicts import Verdict

SIZES = {"smoke": (10,), "default": (10, 32, 100), "full": (10, 32, 100)}
SETTINGS = {
    "smoke": {"run.seeds": 400, "run.rounds": 40},
    "default": {"run.seeds": 1000},
    "full": {"run.seeds": 10_000},
}
TRACE, LOG = "variance/trace", "variance/log_determinant"
ARMS = ("replace", "accumulate-subsample", "accumulate")
SCENARIO = Path(__file__).parent / "scenario.toml"


def run(profile: str, folder: Path) -> list[Verdict]:
    """Simulate three sample sizes; compare the variance with its laws."""
    results = {}
    for n in SIZES[profile]:
        sizes = {"data.n": 2 * n, "curation.n_kept": n}
        about = f"gaussian-regimes ({profile})"
        overrides = SETTINGS[profile] | sizes
        results[n] = run_scenario(SCENARIO, overrides, folder / f"n-{n}", about)
    save_figure(_figure(results), folder)
    return [verdict for n in results for verdict in _judge(results[n], n)]


def first_variance(result: Result, n: int) -> float:
    """Return the variance of p_0, the maximum-likelihood fit to n real samples."""
    return result.real[TRACE] * (1 - 1 / n)


def law(result: Result, arm: str, n: int) -> Float[np.ndarray, " rows"]:
    """Predict the mean variance given p_0, which all seeds share."""
    laws = {
        "replace": gaussian_variance,
        "accumulate-subsample": gaussian_subsample_variance,
        "accumulate": gaussian_accumulate_variance,
    }
    return laws[arm](first_variance(result, n), n, result.spec.run.rounds)


def log_law(result: Result, n: int) -> Float[np.ndarray, " rows"]:
    """Predict the mean log variance of n samples of the model (not of the model)."""
    rounds = result.spec.run.rounds
    of_model = gaussian_log_variance(first_variance(result, n), n, rounds)
    return of_model + digamma((n - 1) / 2) + np.log(2 / (n - 1))


def _judge(result: Result, n: int) -> list[Verdict]:
    found = []
    for arm in ARMS:
        values, expected = values_of(result, TRACE, arm), law(result, arm, n)
        # Later, a few runs carry the mean, and their standard error is not to be had.
        last = n if arm == "replace" else len(expected)
        subject = f"n = {n}, {arm}: mean variance"
        found.append(judge_path(subject, values[:, :last], expected[:last]))
    # Later, the spread of some runs is below the float32 rounding of their mean.
    logs, last = values_of(result, LOG, "replace"), 5 * n
    subject = f"n = {n}, replace: mean log variance"
    found.append(judge_path(subject, logs[:, :last], log_law(result, n)[:last]))
    return [*found, judge_order(f"n = {n}: mean variance", result, TRACE, ARMS)]


def _figure(results: dict[int, Result]) -> Figure:
    figure = Figure(figsize=(10, 6.2), layout="constrained")
    axes = figure.subplots(2, len(results), sharex=True, sharey="row", squeeze=False)
    for column, (n, result) in zip(axes.T, results.items(), strict=True):
        for color, arm in zip(COLORS, ARMS, strict=False):
            scale = first_variance(result, n)
            values = values_of(result, TRACE, arm) / scale
            draw_path(
                column[0], values, law(result, arm, n) / scale, color=color, label=arm
            )
        logs = values_of(result, LOG, "replace")
        draw_path(column[1], logs, log_law(result, n), color=COLORS[0])
        mean_law = np.log(law(result, "replace", n))
        column[1].plot(mean_law, color=COLORS[1], ls=":", lw=1.6)
        column[0].set(title=f"{n} samples per round", ylim=(0, 1.1), xlabel="")
    axes[0, 0].set_ylabel("mean variance / that of $p_0$")
    axes[0, 0].legend(frameon=False, fontsize=9, loc="center right")
    axes[1, 0].set_ylabel("replace: mean of log variance")
    axes[1, 0].text(45, -3.6, "log of the mean\n(dotted)", color=COLORS[1], fontsize=9)
    figure.suptitle("Dashed: exact laws. Bands: 4 standard errors.", fontsize=10)
    return figure


EXPERIMENT = Experiment(
    name="gaussian-regimes",
    claim="a Gaussian's variance dies by (1 - 1/n)^t if its data are replaced, and "
    "levels off if they accumulate, even where only a part of them is used",
    source="Kazdan et al., 2024, arXiv 2410.16713; Shumailov et al., Nature 2024",
    minutes={"smoke": 0.3, "default": 0.7, "full": 6},
    expected="variance after 100 rounds over that of p_0, n = 10: 0.00 (replace), "
    "0.82 (subsample), 0.94 (accumulate); n = 100: 0.37, 0.98, 0.99",
    run=run,
)
