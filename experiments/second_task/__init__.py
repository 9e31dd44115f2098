"""A second task, and more in a row: who can still learn after a first one."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from experiments.base import Experiment
from experiments.common import save
from experiments.policies import ROUNDS, bandit, tasks
from experiments.second_task import judge
from experiments.second_task.figure import draw
from experiments.second_task.trainability import areas, first_passage
from retrain_sim.policy.training import train_arms
from retrain_sim.verdicts import Verdict

SEEDS = {"smoke": 40, "default": 200, "full": 1000}
QUICK = ("GRPO", "REPO-R, cap 1", "REPO-const 0.1", "REPO-const 0.2")
ARMS = (
    "RLOO, on-policy",
    "GRPO",
    "LOOP",
    "DAPO",
    "ADAPO",
    "ADAPO, no sd",
    "REPO-R, cap 0.05",
    "REPO-R, cap 1",
    "REPO-const 0.05",
    "REPO-const 0.1",
    "REPO-const 0.2",
    "entropy bonus 0.1",
)
IN_A_ROW = ("RLOO, on-policy", "GRPO", "REPO-R, cap 1", "REPO-const 0.1")
IN_A_ROW += ("REPO-const 0.2",)
TASKS, SHORT = 6, 300


def run(profile: str, folder: Path) -> list[Verdict]:
    """Train on two tasks, then on six in a row; judge what could be learned."""
    smoke = profile == "smoke"
    seeds = SEEDS[profile]
    pairs = train_arms(tasks(QUICK if smoke else ARMS), 2 * ROUNDS, seeds)
    row = bandit(n_tasks=TASKS, rounds_per_task=SHORT)
    chains = {}
    if not smoke:
        chains = train_arms(tasks(IN_A_ROW, row), TASKS * SHORT, seeds)
    passages = {n: first_passage(r["policy/pass@1/task-2"]) for n, r in pairs.items()}
    taught = {name: areas(rows, TASKS, SHORT) for name, rows in chains.items()}
    verdicts = [
        *judge.reference(passages),
        judge.trainable(pairs),
        *judge.ranks(pairs, enough=not smoke),
        *judge.rows_of_tasks(taught),
    ]
    fails = {name: float(np.isnan(t).mean()) for name, t in passages.items()}
    means = {name: area.mean(axis=0) for name, area in taught.items()}
    return save(
        folder, draw(pairs, taught), verdicts, failures=fails, trainability=means
    )


EXPERIMENT = Experiment(
    name="second-task",
    claim="a policy that lost its entropy cannot learn the next task",
    source="Petrenko et al., arXiv 2603.11682, at tabular scale",
    minutes={"smoke": 0.5, "default": 2, "full": 8},
    expected="RLOO, GRPO, LOOP, DAPO fail on the second task; REPO-R (cap 1) and "
    "REPO-const 0.1, 0.2 learn it in 121, 254, 272 rounds",
    run=run,
)
