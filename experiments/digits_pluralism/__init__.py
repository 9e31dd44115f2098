"""Digits pluralism: class entropy of a flow retrained under one to five rewards."""

from __future__ import annotations

from pathlib import Path

import retrain_sim as rs
from experiments.base import Experiment
from retrain_sim.figures import headline_figure
from retrain_sim.files import write_atomic
from retrain_sim.report import png, write_report
from retrain_sim.tables import arms_table
from retrain_sim.terminal import Bar, console, print_table
from retrain_sim.verdicts import Verdict

SETTINGS = {
    "smoke": {
        "run.rounds": 5,
        "run.seeds": 2,
        "run.atoms": 1000,
        "model.initial_steps": 1500,
        "model.steps": 100,
    },
    "default": {},
    "full": {"run.rounds": 25, "run.seeds": 8, "model.steps": 600, "run.atoms": 8000},
}
SCENARIO = Path(__file__).parent / "scenario.toml"


def run(profile: str, folder: Path) -> list[Verdict]:
    """Run all arms; the claims about shapes are what should hold."""
    spec = rs.load_spec(SCENARIO, SETTINGS[profile])
    command = f"experiments run digits-pluralism ({profile})"
    bar = Bar()
    try:
        result = rs.run(spec, folder, command=command, listener=bar)
    finally:
        bar.close()
    write_report(result, folder)
    image = png(headline_figure(result))
    write_atomic(folder / "figure.png", lambda file: file.write(image))
    print_table(console(), arms_table(result))
    return result.claims


EXPERIMENT = Experiment(
    name="digits-pluralism",
    claim="one reward collapses the classes, M rewards keep about M of them",
    source="laptop version of Falahati et al., ICML 2026, arXiv 2605.07724, CIFAR-10",
    minutes={"smoke": 0.6, "default": 4, "full": 40},
    expected="class entropy 0.02, 0.37 (20 : 80), 0.73, 1.17, 1.51, 1.75; "
    "exact map 0.00, 0.40, 0.69, 1.10, 1.39, 1.61",
    run=run,
)
