"""One generation of curation, and the natural policy gradient that it is."""

from __future__ import annotations

from pathlib import Path

from experiments.base import Experiment
from experiments.compare import run_scenario, save_figure
from experiments.curation_step import judge
from experiments.curation_step.figure import draw
from retrain_sim.verdicts import Verdict

SCENARIO = Path(__file__).parent / "scenario.toml"
SEEDS = {"smoke": 100, "default": 400, "full": 4000}


def run(profile: str, folder: Path) -> list[Verdict]:
    """Curate once with every weight; compare the entropy change with theory."""
    about = f"curation-step ({profile})"
    result = run_scenario(SCENARIO, {"run.seeds": SEEDS[profile]}, folder, about)
    cases = judge.cases(result)
    save_figure(draw(cases), folder)
    return [
        judge.is_a_step(cases),
        judge.first_order(cases),
        *(judge.in_the_loop(case) for case in cases.values()),
        judge.rejection(cases),
        judge.control(cases),
    ]


EXPERIMENT = Experiment(
    name="curation-step",
    claim="keeping own samples by weight and refitting is one natural policy gradient "
    "step on log w, and changes entropy by -Cov(log w, log p) to first order",
    source="derived here; for policy gradients: Petrenko et al., arXiv 2603.11682",
    minutes={"smoke": 0.2, "default": 0.2, "full": 0.5},
    expected="the loop's entropy change is the exact one minus (K - 1)/(2n) within 4 "
    "standard errors; first order: residual / strength^2 constant; rejection: the sign",
    run=run,
)
