"""REPO as a curation weight: how many right answers survive a thousand generations."""

from __future__ import annotations

from pathlib import Path

from experiments.base import Experiment
from experiments.compare import run_scenario, save_figure
from experiments.surviving_modes import judge
from experiments.surviving_modes.figure import draw
from retrain_sim.verdicts import Verdict

SCENARIO = Path(__file__).parent / "scenario.toml"
SETTINGS = {
    "smoke": {"run.rounds": 300, "run.seeds": 16},
    "default": {},
    "full": {"run.seeds": 400},
}


def run(profile: str, folder: Path) -> list[Verdict]:
    """Run every weight through the main loop; compare with the mean field."""
    about = f"surviving-modes ({profile})"
    result = run_scenario(SCENARIO, SETTINGS[profile], folder, about)
    laws = {zeta: judge.law(zeta, result) for zeta in judge.ZETAS}
    save_figure(draw(result, laws), folder)
    return [
        judge.neutral(result),
        judge.ordered(result),
        *(judge.survivors(result, zeta, laws[zeta]) for zeta in judge.ZETAS[1:]),
        judge.most(result),
        judge.linear(result),
        judge.control(result, laws[0.0]),
    ]


EXPERIMENT = Experiment(
    name="surviving-modes",
    claim="weighting accepted samples by p^-zeta, REPO as a curation rule, keeps right "
    "answers alive that resampling alone would lose",
    source="derived here, for the weight of Petrenko et al., 2026, arXiv 2603.11682",
    minutes={"smoke": 0.4, "default": 1, "full": 6},
    expected="of 10 right answers, after 1000 generations of 200 samples: 1 at zeta = "
    "0, 3 at 0.05, 5 at 0.1, 8 at 0.2",
    run=run,
)
