"""Entropy lost to chance: by resampling, and by policy gradients on random rewards."""

from __future__ import annotations

from pathlib import Path

from experiments.base import Experiment
from experiments.compare import run_scenario, save_figure, values_of
from experiments.two_drifts import judge
from experiments.two_drifts.figure import draw
from experiments.two_drifts.random_reward import simulate
from retrain_sim.policy.theory import balanced_survivors
from retrain_sim.verdicts import Verdict

SCENARIO = Path(__file__).parent / "scenario.toml"
SIZES = {
    "smoke": (40, 1500, 60),
    "default": (120, 5400, 200),
    "full": (120, 5400, 2000),
}
"""Generations, policy-gradient steps, seeds."""

EVERY = 10


def run(profile: str, folder: Path) -> list[Verdict]:
    """Resample in the main loop, train on random rewards; compare both with theory."""
    generations, steps, seeds = SIZES[profile]
    overrides = {"run.rounds": generations, "run.seeds": seeds}
    result = run_scenario(SCENARIO, overrides, folder, f"two-drifts ({profile})")
    resampled = values_of(result, "collapse/class_entropy", "letters")
    law = balanced_survivors(judge.K, 0.0, judge.KEPT, generations).entropy
    rewarded = simulate(judge.K, steps, seeds, EVERY)
    save_figure(draw(resampled, law, rewarded), folder)
    return [
        judge.resampling(resampled, law),
        judge.first_generation(resampled),
        judge.rewards(rewarded),
        judge.first_step(rewarded),
        judge.clocks(resampled, rewarded),
        judge.control(rewarded),
    ]


EXPERIMENT = Experiment(
    name="two-drifts",
    claim="random rewards take entropy from a policy as resampling does from a model: "
    "by sampling alone, at second order, with a predicted rate",
    source="derived here; random rewards: Petrenko et al., 2026, arXiv 2603.11682",
    minutes={"smoke": 0.3, "default": 0.4, "full": 3},
    expected="both start at -(K - 1)/2 per unit of drift time; resampling then follows "
    "the exact chain, more slowly, and rewards the predicted drift, faster at first",
    run=run,
)
