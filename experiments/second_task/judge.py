"""What should hold of a second task, and of six in a row."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from scipy.stats import fisher_exact, spearmanr

from experiments.common import holds
from experiments.policies import ROUNDS, Rows, agrees, ordered
from retrain_sim.verdicts import Verdict

SEEDS = 100
RARE = 6.3e-5
"""Chance of a deviation beyond 4 standard errors."""

REFERENCE = {
    "RLOO, on-policy": (1.00, None),
    "GRPO": (1.00, None),
    "LOOP": (1.00, None),
    "DAPO": (1.00, None),
    "ADAPO, no sd": (1.00, None),
    "REPO-R, cap 0.05": (1.00, None),
    "REPO-R, cap 1": (0.00, 126),
    "REPO-const 0.05": (0.51, None),
    "REPO-const 0.1": (0.00, 238),
    "REPO-const 0.2": (0.00, 266),
    "entropy bonus 0.1": (0.00, 244),
}
"""Arm -> share of seeds that never learn the second task, rounds it takes else."""

TASK_TWO = "policy/pass@1/task-2"


def reference(passages: Mapping[str, np.ndarray]) -> list[Verdict]:
    """Compare failures and rounds with the table of 100 seeds, arm by arm."""
    verdicts = []
    for name in passages:
        if name in REFERENCE:
            share, rounds = REFERENCE[name]
            verdicts.append(failures(name, passages[name], share))
            if rounds is not None:
                subject = f"{name}: rounds to learn the second task"
                verdicts.append(agrees(subject, passages[name], rounds, SEEDS, 1.0))
    return verdicts


def failures(name: str, passage: np.ndarray, share: float) -> Verdict:
    """Compare two counts of failures by Fisher's exact test."""
    ours, theirs = int(np.isnan(passage).sum()), round(share * SEEDS)
    table = [[ours, len(passage) - ours], [theirs, SEEDS - theirs]]
    chance = float(fisher_exact(table)[1])
    shown = f"{ours / len(passage):.2f} against {share:.2f}; p = {chance:.2g}"
    return holds(f"{name}: share that never learns it", chance > RARE, shown)


def trainable(pairs: Mapping[str, Rows]) -> Verdict:
    """Order by what is learned of the second task; seeds are paired."""
    names = ("GRPO", "REPO-const 0.1", "REPO-R, cap 1")
    steps = [pairs[name][TASK_TWO][:, ROUNDS:].mean(axis=1) for name in names]
    return ordered("trainability: GRPO < REPO-const 0.1 < REPO-R", *steps)


def ranks(pairs: Mapping[str, Rows], enough: bool) -> list[Verdict]:
    """Rank the arms by the entropy of the first task and by the second's accuracy."""
    if not enough:
        return []
    entropy = [rows["policy/entropy"] for rows in pairs.values()]
    learned = [rows[TASK_TWO][:, ROUNDS:].mean() for rows in pairs.values()]
    total = spearmanr([e[:, :ROUNDS].mean() for e in entropy], learned).statistic
    final = spearmanr([e[:, ROUNDS].mean() for e in entropy], learned).statistic
    shown = f"Spearman {total:.2f} cumulative, {final:.2f} final; {len(entropy)} arms"
    return [
        holds("arms with more cumulative entropy learn more", total > 0.6, shown),
        holds(
            "finding: final entropy ranks them as well (published: it does not)",
            final > 0.6,
            shown,
        ),
    ]


def rows_of_tasks(taught: Mapping[str, np.ndarray]) -> list[Verdict]:
    """Judge six tasks in a row: collapse stops learning, REPO goes on."""
    if not taught:
        return []
    later = {name: area[:, 1:].mean(axis=1) for name, area in taught.items()}
    names = ("GRPO", "REPO-const 0.1", "REPO-R, cap 1")
    shown = ", ".join(f"{name} {value.mean():.3f}" for name, value in later.items())
    dead = float(later["GRPO"].mean())
    return [
        ordered("six tasks in a row: REPO stays trainable", *(later[n] for n in names)),
        holds("GRPO learns none of the later tasks", dead < 0.01, shown, dead),
    ]
