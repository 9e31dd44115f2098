"""Hold an entropy: step response, oscillation, settling time and authority."""

from __future__ import annotations

from pathlib import Path

from experiments.base import Experiment
from experiments.common import save
from experiments.entropy_control import judge
from experiments.entropy_control.arms import UNCONTROLLED, controlled, fixed_knobs
from experiments.entropy_control.figure import draw
from experiments.entropy_control.response import respond
from experiments.policies import bandit, task_of
from retrain_sim.policy.training import train_arms
from retrain_sim.verdicts import Verdict

SEEDS = {"smoke": 24, "default": 60, "full": 400}
STEP, ROUNDS = 600, 1200


def run(profile: str, folder: Path) -> list[Verdict]:
    """Step the target, then hold every knob at its ends; judge what followed."""
    seeds, short = SEEDS[profile], profile == "smoke"
    environment = bandit(n_tasks=1)
    steered = {
        name: task_of(*arm, environment)
        for name, arm in (controlled(STEP, short) | UNCONTROLLED).items()
    }
    rows = train_arms(steered, ROUNDS, seeds)
    ends = {
        f"{knob} = {value:g}": task_of(*arm, environment)
        for knob, values in fixed_knobs(short).items()
        for value, arm in values.items()
    }
    held = train_arms(ends, STEP, seeds)
    found = {name: respond(rows[name], STEP) for name in rows}
    reach = {
        knob: [held[f"{knob} = {v:g}"]["policy/entropy"][:, -1] for v in values]
        for knob, values in fixed_knobs(short).items()
    }
    verdicts = judge.verdicts(found, reach)
    means = {n: {k: v.mean() for k, v in r._asdict().items()} for n, r in found.items()}
    return save(folder, draw(rows, reach, STEP), verdicts, response=means)


EXPERIMENT = Experiment(
    name="entropy-control",
    claim="an entropy is held by what acts on the gradient, not by the upper clip",
    source="Petrenko et al., arXiv 2603.11682 (controllers); comparison made here",
    minutes={"smoke": 0.5, "default": 1.5, "full": 5},
    expected="beta and the bonus reach 50 %, then 25 % of the start within 3 points; "
    "e_high spans 0 nats, e_low less than 0.1",
    run=run,
)
