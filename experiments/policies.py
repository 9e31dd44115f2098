"""What the experiments on policy gradients share: arms, measures, paired orderings."""

from __future__ import annotations

import itertools
import math
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
from jaxtyping import Float

from experiments.common import holds
from retrain_sim.bootstrap import mean_interval
from retrain_sim.policy.learner import Task
from retrain_sim.policy.recipes import make_algorithm
from retrain_sim.registry import build
from retrain_sim.verdicts import STANDARD_ERRORS, Verdict, standard_error

Values = Float[np.ndarray, " s"]
Rows = Mapping[str, np.ndarray]

ROUNDS = 500
"""Rounds of one task."""

WIDE = {"controller": {"most": 1.0}}
"""Let zeta reach 1: at this scale the paper's cap of 0.05 does nothing."""

ROUNDING = 1e-9
"""A standard error below this is none: all seeds agree."""

PLAIN = {"advantage": {"kind": "rloo"}}
"""Advantages without a standard deviation."""

ARMS: dict[str, tuple[str, dict[str, Any]]] = {
    "RLOO, on-policy": ("rloo", {}),
    "GRPO": ("grpo", {}),
    "LOOP": ("loop", {}),
    "DAPO": ("dapo", {}),
    "DAPO, no sd": ("dapo", PLAIN),
    "ADAPO": ("adapo", {}),
    "ADAPO, no sd": ("adapo", PLAIN),
    "Dr. GRPO": ("dr-grpo", {}),
    "GSPO": ("gspo", {}),
    "REPO-R, cap 0.05": ("loop+repo-r", {}),
    "REPO-R, cap 1": ("loop+repo-r", WIDE),
    "REPO-R as submitted": ("loop+repo-r-submitted", WIDE),
    "REPO-D": ("loop+repo-d", WIDE),
    "REPO-const 0.05": ("rloo+repo-const", {"transform": {"beta": 0.05}}),
    "REPO-const 0.1": ("rloo+repo-const", {"transform": {"beta": 0.1}}),
    "REPO-const 0.2": ("rloo+repo-const", {"transform": {"beta": 0.2}}),
    "entropy bonus 0.1": ("rloo+entropy-bonus", {}),
    "adaptive bonus": ("rloo+adaptive-bonus", {}),
    "KL to reference": ("rloo+kl-reference", {}),
    "REPO-N 0.9": ("rloo+repo-n", {}),
    "REPO-N 1": ("rloo+repo-n", {"transform": {"zeta": 1.0}}),
}
"""Arm -> recipe and what is changed in it."""

SHOWN = (
    "RLOO, on-policy",
    "GRPO",
    "LOOP",
    "DAPO",
    "REPO-R, cap 1",
    "REPO-const 0.1",
    "REPO-const 0.2",
)
"""Arms that figures draw."""

QUICK = ("RLOO, on-policy", "GRPO", "LOOP", "REPO-const 0.1", "REPO-const 0.2")
"""Arms of the smoke profile: three programs."""


def tasks(names: Sequence[str], environment: Any = None) -> dict[str, Task]:
    """Make the tasks of some arms: T1 by default.

    Example:
        >>> list(tasks(["GRPO"]))
        ['GRPO']
    """
    environment = environment or bandit()
    return {name: task_of(*ARMS[name], environment) for name in names}


def bandit(**settings: Any) -> Any:
    """Make T1, or a variation of it."""
    return build("environment", {"kind": "many-solutions"} | settings, "environment")


def task_of(recipe: str, changes: Mapping[str, Any], environment: Any) -> Task:
    """Put a recipe to work on a bandit."""
    table = {"kind": "tabular", "n_actions": environment.n_arms}
    policy = build("policy", table, "policy")
    return Task(environment, policy, make_algorithm(recipe, changes))


class Measure(NamedTuple):
    """What a table reports of the first task, seed by seed."""

    entropy: Values
    mean_entropy: Values
    right: Values
    coverage: Values
    shifted: Values


def measure(rows: Rows, end: int = ROUNDS) -> Measure:
    """Measure a run at the end of its first task.

    The entropy is averaged over the rounds; shift-pass@16, one random shift per row,
    over the last tenth of the rows.
    """
    entropy = rows["policy/entropy"]
    last = slice(end - end // 10, end + 1)
    return Measure(
        entropy[:, end],
        entropy[:, :end].mean(axis=1),
        rows["policy/pass@1/task-1"][:, end],
        rows["policy/coverage/task-1"][:, end],
        rows["policy/shift_pass@16/task-1"][:, last].mean(axis=1),
    )


def ordered(subject: str, *steps: Values) -> Verdict:
    """Judge an ordering between paired seeds: every step above 4 standard errors.

    Example:
        >>> ordered("a < b", np.zeros(9), np.ones(9) + np.arange(9) / 9).verdict
        'PASS'
    """
    gaps = [b - a for a, b in itertools.pairwise(steps)]
    margins = [float(g.mean() - STANDARD_ERRORS * standard_error(g)) for g in gaps]
    weakest = gaps[int(np.argmin(margins))]
    low, high = mean_interval(weakest)
    shown = f"least step {weakest.mean():.3g}, 95 % of {low:.3g} to {high:.3g}"
    return holds(subject, min(margins) > 0, shown, float(weakest.mean()))


def agrees(
    subject: str, values: Values, reference: float, n_reference: int, digit: float
) -> Verdict:
    """Compare a mean with a published one, which has a sampling error of its own.

    Args:
        subject: what is compared.
        values: ours, one per seed.
        reference: the published mean.
        n_reference: of how many seeds; their spread is taken to be that of ours.
        digit: the last digit published; half of it is rounding.
    """
    gap = float(values.mean()) - reference
    own = standard_error(values)
    se = own * math.sqrt(1 + len(values) / n_reference)
    within = abs(gap) <= STANDARD_ERRORS * se + digit / 2
    errors = gap / max(se, ROUNDING)
    shown = f"{values.mean():.3f} against {reference:g}: {errors:+.1f} s.e."
    return holds(subject, within, shown, gap)
