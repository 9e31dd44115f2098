"""What should hold of token policies."""

from __future__ import annotations

import numpy as np

from experiments.common import holds
from experiments.policies import ordered
from experiments.sequence_policies.arms import RLOO, Rows
from retrain_sim.verdicts import Verdict

REPO = "REPO-const 0.05"
OPPOSITE = "REPO-const -0.02"
LATE = 20
"""Last rounds that measures are averaged over."""

LEARNED = 0.5


def end(rows: Rows, arm: str, metric: str) -> np.ndarray:
    """Average the last rounds, seed by seed."""
    return rows[arm][f"policy/{metric}"][:, -LATE:].mean(axis=1)


def mean(rows: Rows, arm: str, metric: str = "entropy") -> np.ndarray:
    """Average all rounds, seed by seed."""
    return rows[arm][f"policy/{metric}"].mean(axis=1)


def all_learn(rows: Rows) -> Verdict:
    """Judge that every algorithm writes right programs more often than not."""
    right = {arm: float(end(rows, arm, "pass@1").mean()) for arm in rows}
    shown = ", ".join(f"{arm} {share:.2f}" for arm, share in right.items())
    return holds("programs: all learn", min(right.values()) > LEARNED, shown)


def collapse(rows: Rows) -> Verdict:
    """Judge that normalized off-policy training collapses most, REPO least."""
    arms = ("GRPO", RLOO, REPO)
    steps = [end(rows, arm, "entropy") for arm in arms]
    return ordered(f"entropy of rollouts: {' < '.join(arms)}", *steps)


def solutions(rows: Rows) -> list[Verdict]:
    """Judge that kept entropy is kept solutions, and what it costs."""
    found = []
    for name, metric in [("different programs of 64", "distinct"), *SHIFTED]:
        steps = [end(rows, arm, metric) for arm in ("GRPO", REPO)]
        found.append(ordered(f"{name}: GRPO < {REPO}", *steps))
    price = [end(rows, arm, "pass@1") for arm in (REPO, "GRPO")]
    return [*found, ordered(f"the price, pass@1: {REPO} < GRPO", *price)]


SHIFTED = [("shift-pass@16, unbiased", "shift_pass@16")]


def clips(rows: Rows) -> list[Verdict]:
    """Judge clips of whole rollouts against those of tokens, and clip-higher."""
    whole = [mean(rows, arm) for arm in ("GRPO", "GSPO, clip 0.05", "GSPO")]
    higher = [mean(rows, arm) for arm in ("DAPO", RLOO)]
    adaptive = [end(rows, arm, "distinct") for arm in (RLOO, "REPO-R, cap 1")]
    return [
        ordered("mean entropy: GRPO < GSPO, clip 0.05 < GSPO (clips rollouts)", *whole),
        ordered("not reproduced: clip-higher keeps no entropy, DAPO < RLOO", *higher),
        ordered("different programs: RLOO < REPO-R with a controller", *adaptive),
    ]


def asking(rows: Rows) -> Verdict:
    """Judge that kept entropy finds the tool more often, where guessing pays a bit."""
    shares = {arm: end(rows, arm, "calls_that_work") for arm in rows}
    shown = ", ".join(f"{arm} {values.mean():.2f}" for arm, values in shares.items())
    found = ordered(
        f"tools: {RLOO} < {REPO}, calls that work", shares[RLOO], shares[REPO]
    )
    return found._replace(reason=f"{shown}; {found.reason}")


def control(rows: Rows) -> Verdict:
    """Turn the sign of REPO, which must spend entropy."""
    steps = [mean(rows, arm) for arm in (OPPOSITE, RLOO)]
    return ordered("control: the opposite sign spends entropy", *steps)
