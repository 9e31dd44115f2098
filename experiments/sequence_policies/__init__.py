"""Policy gradients on sequences: entropy, solutions, clips of whole rollouts."""

from __future__ import annotations

from pathlib import Path

from experiments.base import Experiment
from experiments.common import save
from experiments.sequence_policies import judge
from experiments.sequence_policies.arms import ARMS, QUICK, TOOLS, programs, tools
from experiments.sequence_policies.figure import draw
from retrain_sim.verdicts import Verdict

SIZES = {"smoke": (200, 32), "default": (400, 64), "full": (400, 400)}
"""Rounds and seeds of the programs."""

TOOL_SIZES = {"default": (800, 96), "full": (800, 400)}


def run(profile: str, folder: Path) -> list[Verdict]:
    """Train every arm on programs, three of them on tools; judge orderings."""
    small = profile == "smoke"
    rows = programs(QUICK if small else tuple(ARMS), *SIZES[profile])
    asked = {} if small else tools(TOOLS, *TOOL_SIZES[profile])
    verdicts = [
        judge.all_learn(rows),
        judge.collapse(rows),
        *judge.solutions(rows),
        *([] if small else [*judge.clips(rows), judge.asking(asked)]),
        judge.control(rows),
    ]
    metrics = ("entropy", "pass@1", "pass@16", "shift_pass@16", "distinct")
    table = {
        arm: {metric: judge.end(rows, arm, metric).mean() for metric in metrics}
        | {"mean entropy": judge.mean(rows, arm).mean()}
        for arm in rows
    }
    return save(folder, draw(rows, asked), verdicts, programs=table)


EXPERIMENT = Experiment(
    name="sequence-policies",
    claim="on sequences, too, GRPO collapses first, clips of whole rollouts slow it, "
    "and REPO keeps more right programs in use, and finds a tool that others miss",
    source="Petrenko et al., arXiv 2603.11682; Zheng et al., arXiv 2507.18071",
    minutes={"smoke": 1, "default": 3, "full": 12},
    expected="entropy at the end 0.1 (GRPO), 0.2 (GSPO), 0.9 (RLOO), 3.4 (REPO-const "
    "0.05), pass@1 0.98, 0.98, 0.90, 0.61",
    run=run,
)
