"""Few kept: 75 samples of 1 500 are learned by heart, and little is left of a class."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from experiments.base import Experiment
from experiments.compare import run_scenario, save_figure
from experiments.few_kept.figure import draw
from experiments.few_kept.judge import judge
from retrain_sim.tables import arms_table, decomposition_table
from retrain_sim.terminal import console, print_table, print_warnings
from retrain_sim.verdicts import Verdict

SCENARIO = Path(__file__).parent / "scenario.toml"
SETTINGS: dict[str, dict[str, Any]] = {
    "smoke": {
        "run.rounds": 3,
        "run.seeds": 2,
        "run.atoms": 500,
        "model.hidden": [256, 256, 256],
        "model.initial_steps": 1000,
    },
    "default": {},
    "full": {"run.rounds": 25, "run.seeds": 16},
}


def run(profile: str, folder: Path) -> list[Verdict]:
    """Run all arms, and judge how near the samples are to the kept ones."""
    about = f"few-kept ({profile})"
    result = run_scenario(SCENARIO, SETTINGS[profile], folder, about)
    save_figure(draw(result), folder)
    out = console()
    print_warnings(out, result)
    print_table(out, arms_table(result))
    stages = decomposition_table(result)
    if stages:
        print_table(out, stages)
    return judge(result)


EXPERIMENT = Experiment(
    name="few-kept",
    claim="a flow learns 75 kept samples by heart and loses what varies inside a "
    "class, 750 not",
    source="derived here, with the sizes of a public re-run of Falahati et al., 2026",
    minutes={"smoke": 0.5, "default": 2, "full": 20},
    expected="distance to the nearest kept sample, over the usual: below 0.5 with 75 "
    "kept, above with 750",
    run=run,
)
