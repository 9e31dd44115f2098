"""A bandit with ten right answers: what each algorithm leaves of them."""

from __future__ import annotations

from pathlib import Path

from experiments.base import Experiment
from experiments.common import save
from experiments.many_solutions import judge
from experiments.many_solutions.figure import draw
from experiments.many_solutions.frontier import frontier_arms, points
from experiments.many_solutions.reference import NAMES, REFERENCE
from experiments.policies import (
    ARMS,
    QUICK,
    ROUNDS,
    bandit,
    measure,
    task_of,
    tasks,
)
from retrain_sim.policy.training import train_arms
from retrain_sim.verdicts import Verdict

SEEDS = {"smoke": 40, "default": 200, "full": 1000}


def run(profile: str, folder: Path) -> list[Verdict]:
    """Train every arm on the first task; compare with the table and each other."""
    names = QUICK if profile == "smoke" else tuple(ARMS)
    lines = frontier_arms(short=profile == "smoke")
    environment = bandit()
    arms = tasks(names) | {
        name: task_of(*arm, environment)
        for line in lines.values()
        for name, arm in line.items()
    }
    rows = train_arms(arms, ROUNDS, SEEDS[profile])
    found = {name: measure(rows[name]) for name in names}
    verdicts = [
        *(judge.table(name, found[name]) for name in REFERENCE if name in found),
        *judge.claims(found, {name: measure(rows[name]) for name in arms}),
    ]
    shown = {name: rows[name] for name in names}
    figure = draw(shown, points(lines, rows))
    means = {name: [float(v.mean()) for v in m] for name, m in found.items()}
    return save(folder, figure, verdicts, measures=NAMES, means=means)


EXPERIMENT = Experiment(
    name="many-solutions",
    claim="policy gradients keep one of ten right answers, unless entropy is paid for",
    source="Petrenko et al., arXiv 2603.11682, at tabular scale",
    minutes={"smoke": 0.5, "default": 2, "full": 6},
    expected="entropy 4.12 falls to 0.08 (RLOO on-policy), 0.02 (GRPO, LOOP, DAPO, "
    "ADAPO), 2.8 (REPO-const 0.2, at pass@1 0.74)",
    run=run,
)
