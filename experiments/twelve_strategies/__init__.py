"""Twelve curation strategies: diversity against what the voters get."""

from __future__ import annotations

import tomllib
from pathlib import Path

import retrain_sim as rs
from experiments.base import Experiment
from experiments.twelve_strategies.judging import (
    NEUTRAL,
    judge_drift,
    judge_map,
    judge_single_judges,
)
from experiments.twelve_strategies.pareto import pareto_figure
from experiments.twelve_strategies.scores import RANDOM
from retrain_sim.files import write_atomic
from retrain_sim.report import png, write_report
from retrain_sim.spec import Spec, make_spec
from retrain_sim.verdicts import Verdict

SCENARIO = Path(__file__).parent / "scenario.toml"
SIZES = {
    "smoke": {"rounds": 40, "seeds": 4},
    "default": {"rounds": 40, "seeds": 16},
    "full": {"rounds": 40, "seeds": 32},
}
SMOKE = ("no curation", RANDOM, "max-min")


def run(profile: str, folder: Path) -> list[Verdict]:
    """Run every strategy; compare it with the exact map, and with the random voter."""
    command = f"experiments run twelve-strategies ({profile})"
    result = rs.run(_spec(profile), folder, command=command)
    write_report(result, folder)
    image = png(pareto_figure(result))
    write_atomic(folder / "figure.png", lambda file: file.write(image))
    verdicts = [judge_map(result, arm) for arm in result.arms if arm != NEUTRAL]
    return [judge_drift(result), *verdicts, *judge_single_judges(result)]


def _spec(profile: str) -> Spec:
    values = tomllib.loads(SCENARIO.read_text(encoding="utf-8"))
    values["run"] |= SIZES[profile]
    if profile == "smoke":
        values["arms"] = {arm: values["arms"][arm] for arm in SMOKE}
    return make_spec("twelve-strategies", values, str(SCENARIO))


EXPERIMENT = Experiment(
    name="twelve-strategies",
    claim="a random voter keeps several favorites, single judges end with one outcome",
    source="random voter: Falahati et al., ICML 2026, arXiv 2605.07724; the rest here",
    minutes={"smoke": 0.5, "default": 2.5, "full": 5},
    expected="effective number 2.8 (random voter, K = 8), 1.0 (weighted sum, max-min), "
    "1.3 (Nash product); worst-off reward 0.9, 0.0, 3.0, 2.8",
    run=run,
)
