"""Least squares refitted to its own labels: replace, accumulate, use a part."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from jaxtyping import Float
from matplotlib.figure import Figure

import retrain_sim as rs
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
from retrain_sim.theory import regression_excess_risk
from retrain_sim.verdicts import Verdict

SETTINGS = {
    "smoke": {"run.seeds": 40, "run.rounds": 12},
    "default": {},
    "full": {"run.seeds": 4000, "run.rounds": 50},
}
RISK = "risk/excess"
ARMS = ("accumulate", "accumulate-subsample", "replace")
DESIGNS = {"same": "the same inputs each round", "fresh": "new inputs each round"}
KNOWN = {"same": ARMS, "fresh": ("replace",)}
"""Which laws are exact, or nearly so where a part is used and n >> d."""
SCENARIO = Path(__file__).parent / "scenario.toml"


def run(profile: str, folder: Path) -> list[Verdict]:
    """Simulate both designs; compare the excess risk with its laws."""
    about = f"regression-regimes ({profile})"
    results = {}
    for design in DESIGNS:
        overrides = SETTINGS[profile] | {"model.design": design}
        results[design] = run_scenario(SCENARIO, overrides, folder / design, about)
    save_figure(_figure(results), folder)
    return [v for design in DESIGNS for v in _judge(results[design], design)]


def law(result: Result, design: str, arm: str) -> Float[np.ndarray, " rows"]:
    """Predict the excess risk given p_0, which all seeds share: its own first."""
    data, rounds = result.spec.values["data"], result.spec.run.rounds
    dim, n_rows = data["dim"], data["n"] // 2
    path = regression_excess_risk(dim, n_rows, rounds, regime=arm)
    later = (path - path[0]) / path[0]
    return result.real[RISK] + first_error(result, design) * later


def first_error(result: Result, design: str) -> float:
    """Return c, the mean excess risk of one fit: given the inputs, if they are kept."""
    data = result.spec.values["data"]
    if design == "fresh":
        return float(regression_excess_risk(data["dim"], data["n"] // 2, 0)[0])
    scenario = next(iter(rs.prepare(result.spec).arms.values()))
    inputs = np.asarray(scenario.real[0], np.float64)[:, :-1]
    return float(np.trace(np.linalg.inv(inputs.T @ inputs)))


def _judge(result: Result, design: str) -> list[Verdict]:
    found = []
    for arm in KNOWN[design]:
        values, expected = values_of(result, RISK, arm), law(result, design, arm)
        subject = f"{design} inputs, {arm}: excess risk"
        found.append(judge_path(subject, values[:, 1:], expected[1:]))
    subject = f"{design} inputs: excess risk"
    return [*found, judge_order(subject, result, RISK, ARMS)]


def _figure(results: dict[str, Result]) -> Figure:
    figure = Figure(figsize=(10, 4.2), layout="constrained")
    axes = figure.subplots(1, 2, sharey=True)
    for ax, (design, result) in zip(axes, results.items(), strict=True):
        c = first_error(result, design)
        for color, arm in zip(COLORS, ARMS, strict=False):
            known = law(result, design, arm) / c if arm in KNOWN[design] else None
            draw_path(ax, values_of(result, RISK, arm) / c, known, color=color)
            ax.plot([], [], color=color, label=arm)
        ax.set(title=DESIGNS[design], yscale="log")
        ax.set_yticks([1, 2, 5, 10, 20], labels=["1", "2", "5", "10", "20"])
        ax.minorticks_off()
    axes[0].set_ylabel("excess risk / mean of a first fit")
    axes[1].legend(frameon=False)
    figure.suptitle("Dashed: laws given $p_0$. Bands: 4 standard errors.", fontsize=10)
    return figure


EXPERIMENT = Experiment(
    name="regression-regimes",
    claim="every round of replaced labels adds the error of a fit; accumulated labels "
    "add c/t^2, and below three fits in all even where only a part is used",
    source="Gerstgrasser et al., 2024, arXiv 2404.01413; Kazdan et al., 2024",
    minutes={"smoke": 0.2, "default": 0.7, "full": 10},
    expected="risk after 30 rounds less that of p_0, over c, same inputs: 27.6 "
    "(replace), 1.65 (subsample), 0.57 (accumulate)",
    run=run,
)
