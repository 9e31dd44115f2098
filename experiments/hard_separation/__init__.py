"""Single-reward collapse in hard separation: 1 - a_t = (1 - a_0)^(K^t)."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
from matplotlib.figure import Figure

import retrain_sim as rs
from experiments.base import Experiment
from retrain_sim.files import write_atomic
from retrain_sim.plotting import COLORS, THEORY
from retrain_sim.report import png, write_report
from retrain_sim.result import Result
from retrain_sim.theory import hard_separation_mass, population_trajectory
from retrain_sim.verdicts import FAIL, PASS, Verdict, judge_prediction

SEEDS = {"smoke": 8, "default": 64, "full": 512}
SHARE = "share/top"
ROUNDING = 1e-12
SCENARIO = Path(__file__).parent / "scenario.toml"


def run(profile: str, folder: Path) -> list[Verdict]:
    """Simulate three slate sizes; compare every round with the closed form."""
    spec = rs.load_spec(SCENARIO, {"run.seeds": SEEDS[profile]})
    result = rs.run(
        spec, folder, command=f"experiments run hard-separation ({profile})"
    )
    write_report(result, folder)
    image = png(_figure(result))
    write_atomic(folder / "figure.png", lambda file: file.write(image))
    return [verdict for arm in result.arms for verdict in _judge(result, arm)]


def _law(result: Result, arm: str) -> np.ndarray:
    slate_size = result.spec.arms[arm]["curation"]["slate_size"]
    start = result.spec.values["data"]["probs"][0]
    return hard_separation_mass(start, slate_size, result.spec.run.rounds)


def _judge(result: Result, arm: str) -> list[Verdict]:
    return [_judge_map(result, arm), _judge_simulation(result, arm)]


def _judge_map(result: Result, arm: str) -> Verdict:
    """Compare the population map, in float64, with the closed form."""
    values, law = result.spec.values, _law(result, arm)
    path = population_trajectory(
        values["data"]["probs"],
        [values["reward"][0]["values"]],
        [1.0],
        result.spec.arms[arm]["curation"]["slate_size"],
        result.spec.run.rounds,
    )
    off = float(np.abs(path[:, 0] - law).max())
    verdict = PASS if off < ROUNDING else FAIL
    subject = f"{arm}: population map = closed form"
    return Verdict(subject, verdict, off, 0.0, f"greatest difference {off:.1e}")


def _judge_simulation(result: Result, arm: str) -> Verdict:
    """Compare the simulated share of every round with the closed form."""
    law = _law(result, arm)
    values = result.history[SHARE].sel(arm=arm).values
    rounds = [
        judge_prediction(arm, values[:, t], law[t], 0.0, 0.0, [])
        for t in range(1, len(law))
    ]
    worst = max(rounds, key=lambda v: abs(v.gap) / (v.se or math.inf))
    agrees = all(v.verdict == PASS for v in rounds)
    return Verdict(
        f"{arm}: simulation = closed form, every round",
        PASS if agrees else FAIL,
        worst.gap,
        worst.se,
        f"worst gap {worst.gap:.1e} = {abs(worst.gap) / worst.se:.1f} standard errors",
    )


def _figure(result: Result) -> Figure:
    figure = Figure(figsize=(7, 4.2), layout="constrained")
    ax = figure.subplots()
    for color, arm in zip(COLORS, result.arms, strict=False):
        rest = 1 - result.history[SHARE].sel(arm=arm).values.mean(axis=0)
        seen = rest > 0
        ax.plot(np.flatnonzero(seen), rest[seen], "o", color=color, label=arm)
        ax.plot(1 - _law(result, arm), color=color, **THEORY)
    ax.set(yscale="log", xlabel="round", ylabel="mass outside the best outcome")
    ax.set_ylim(1e-6, 2)
    ax.legend(frameon=False, title="dots: simulation\ndashed: closed form")
    ax.spines[["top", "right"]].set_visible(False)
    return figure


EXPERIMENT = Experiment(
    name="hard-separation",
    claim="one reward collapses doubly exponentially: 1 - a_t = (1 - a_0)^(K^t)",
    source="hard-separation limit of Ferbach et al., NeurIPS 2024, arXiv 2407.09499",
    minutes={"smoke": 0.2, "default": 0.3, "full": 1.0},
    expected="a_3 = 0.077, 0.474, 0.994 at K = 2, 4, 8 from a_0 = 0.01",
    run=run,
)
