"""A reward that says nothing: clips and sampling alone move the entropy."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from experiments.base import Experiment
from experiments.common import save
from experiments.random_reward import judge
from experiments.random_reward.figure import draw
from retrain_sim.policy.learner import Task
from retrain_sim.policy.recipes import make_algorithm
from retrain_sim.policy.training import train_arms
from retrain_sim.registry import build
from retrain_sim.verdicts import Verdict

SEEDS = {"smoke": 400, "default": 2000, "full": 10000}
ROUNDS, EPOCHS, ARMS = 60, 8, 30
RATES = (0.5, 2.0)
CLIPS = {
    "no clip": None,
    "1.0 / 0.2": (1.0, 0.2),
    "0.2 / 0.2": (0.2, 0.2),
    "0.2 / 0.25": (0.2, 0.25),
    "0.2 / 0.28": (0.2, 0.28),
    "0.2 / 0.5": (0.2, 0.5),
    "0.1 / 0.2": (0.1, 0.2),
}
"""Name -> lower and upper clip."""

ON_POLICY = judge.ON_POLICY


def task_of(clip: tuple[float, float] | None, rate: float) -> Task:
    """Make GRPO with a clip and a learning rate, rewarded at random."""
    kind = {"kind": "none"}
    if clip:
        kind = {"kind": "ppo", "e_low": clip[0], "e_high": clip[1]}
    changes = {"clip": kind, "optimizer": {"rate": rate}, "epochs": EPOCHS}
    return _task("grpo", changes)


def on_policy(rate: float) -> Task:
    """Make strictly on-policy RLOO, one step a round, rewarded at random."""
    return _task("rloo", {"optimizer": {"rate": rate}})


def _task(recipe: str, changes: dict[str, Any]) -> Task:
    environment = build("environment", {"kind": "random-reward"}, "environment")
    policy = build("policy", {"kind": "tabular", "n_actions": ARMS}, "policy")
    return Task(environment, policy, make_algorithm(recipe, changes))


def run(profile: str, folder: Path) -> list[Verdict]:
    """Train under every clip at both rates; compare with the reference values."""
    arms = {(n, r): task_of(clip, r) for n, clip in CLIPS.items() for r in RATES}
    arms |= {(ON_POLICY, r): on_policy(r) for r in RATES}
    named = {f"{name} at {rate:g}": task for (name, rate), task in arms.items()}
    rows = train_arms(named, ROUNDS, SEEDS[profile])
    entropy = {at: rows["{} at {:g}".format(*at)]["policy/entropy"] for at in arms}
    ends = {at: values[:, -1] for at, values in entropy.items()}
    verdicts = [*judge.reference(ends), *judge.orderings(ends, profile == "smoke")]
    means = {f"{n} at {r:g}": float(v.mean()) for (n, r), v in ends.items()}
    return save(folder, draw(entropy), verdicts, entropy=means)


EXPERIMENT = Experiment(
    name="random-reward",
    claim="a random reward moves entropy: clip-low raises it, clip-high lowers it",
    source="Petrenko et al., arXiv 2603.11682; arXiv 2509.26114",
    minutes={"smoke": 0.3, "default": 0.5, "full": 1.5},
    expected="2.95 falls to 2.16 (0.2/0.2), 2.33 (0.2/0.28), 2.72 (0.1/0.2), 1.25 "
    "(no clip-low); at rate 2 the order of the upper clips reverses",
    run=run,
)
