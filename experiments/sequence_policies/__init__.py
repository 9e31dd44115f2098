"""Policy gradients on sequences: entropy, solutions, clips of whole rollouts."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from experiments.base import Experiment
from experiments.common import save
from experiments.sequence_policies import judge, judge_targets
from experiments.sequence_policies.arms import (
    ARMS,
    FEW,
    QUICK,
    Rows,
    programs,
    targets,
    tools,
)
from experiments.sequence_policies.figure import draw
from retrain_sim.verdicts import Verdict

SIZES = {"smoke": (400, 64), "default": (400, 64), "full": (400, 400)}
"""Rounds and seeds of the programs."""

TOOL_SIZES = {"default": (800, 96), "full": (800, 400)}
TARGET_SIZES = {"smoke": (300, 32), "default": (400, 32), "full": (400, 200)}

SHOWN = ("entropy", "pass@1", "pass@16", "shift_pass@16", "distinct")


def run(profile: str, folder: Path) -> list[Verdict]:
    """Train every arm on programs and targets, some on tools; judge orderings."""
    small = profile == "smoke"
    names = QUICK if small else tuple(ARMS)
    rows = programs(names, *SIZES[profile])
    asked = {} if small else tools(FEW, *TOOL_SIZES[profile])
    written, size = {"mlp": names}, TARGET_SIZES[profile]
    written |= {} if small else {"bigram": FEW}
    written |= {"transformer": FEW} if profile == "full" else {}
    found = {who: targets(arms, who, *size) for who, arms in written.items()}
    verdicts = [*_on_programs(rows, asked), *_on_targets(found)]
    tables = {f"targets, {who}": table(here, "coverage") for who, here in found.items()}
    figure = draw(rows, asked, found["mlp"])
    return save(folder, figure, verdicts, programs=table(rows), **tables)


def _on_programs(rows: Rows, asked: Rows) -> list[Verdict]:
    return [
        judge.all_learn(rows),
        judge.collapse(rows),
        *judge.solutions(rows),
        *([*judge.clips(rows), judge.asking(asked)] if asked else []),
        judge.control(rows),
    ]


def _on_targets(found: dict[str, Rows]) -> list[Verdict]:
    rows = found["mlp"]
    verdicts = [judge_targets.start(rows), judge_targets.learned(rows)]
    verdicts += judge_targets.kept(rows)
    if "bigram" in found:
        small = found["bigram"]
        verdicts += [*judge_targets.clips(rows), judge_targets.room(rows, small)]
        verdicts += [judge_targets.unbiased(small)]
    if "transformer" in found:
        verdicts += [judge_targets.keeps(found["transformer"], "transformer")]
    return [*verdicts, judge_targets.control(rows)]


def table(rows: Rows, *more: str) -> dict[str, dict[str, float]]:
    """Average every arm over seeds and the last rounds, its entropy over all, too."""
    return {
        arm: {m: float(judge.end(rows, arm, m).mean()) for m in (*SHOWN, *more)}
        | {"mean entropy": float(np.mean(judge.mean(rows, arm)))}
        for arm in rows
    }


EXPERIMENT = Experiment(
    name="sequence-policies",
    claim="on sequences, too, GRPO collapses first, clips of whole rollouts slow it, "
    "and REPO keeps more right programs and targets in use, and finds a tool that "
    "others miss",
    source="Petrenko et al., arXiv 2603.11682; Zheng et al., arXiv 2507.18071",
    minutes={"smoke": 1, "default": 5, "full": 20},
    expected="entropy at the end 0.1 (GRPO), 0.2 (GSPO), 0.9 (RLOO), 3.4 (REPO-const "
    "0.05), pass@1 0.98, 0.98, 0.90, 0.61; targets in use 1.1, 2.2, 1.6, 6.4 of 12",
    run=run,
)
