"""Token policies on programs and on tools, trained by several algorithms."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from retrain_sim.policy.environments import Programs, ToolUse
from retrain_sim.policy.learner import Task
from retrain_sim.policy.policies import Bigram
from retrain_sim.policy.recipes import make_algorithm
from retrain_sim.policy.training import train_arms
from retrain_sim.registry import build

Rows = dict[str, dict[str, np.ndarray]]

RLOO = "RLOO, on-policy"
MEAN = {"average": {"kind": "rollout-mean"}}
"""Tokens are averaged in every arm, so that rates compare."""

ARMS: dict[str, tuple[str, dict[str, Any]]] = {
    RLOO: ("rloo", MEAN),
    "GRPO": ("grpo", {}),
    "DAPO": ("dapo", {}),
    "GSPO": ("gspo", {}),
    "GSPO, clip 0.05": ("gspo", {"clip": {"e_low": 0.05, "e_high": 0.05}}),
    "REPO-R, cap 1": ("loop+repo-r", MEAN | {"controller": {"most": 1.0}}),
    "REPO-const 0.05": ("rloo+repo-const", MEAN | {"transform": {"beta": 0.05}}),
    "REPO-const -0.02": ("rloo+repo-const", MEAN | {"transform": {"beta": -0.02}}),
}
"""Arm -> recipe and what is changed in it."""

QUICK = (RLOO, "GRPO", "REPO-const 0.05", "REPO-const -0.02")
TOOLS = (RLOO, "GRPO", "REPO-const 0.05")


def programs(names: Sequence[str], n_rounds: int, n_seeds: int) -> Rows:
    """Train bigram policies to write programs of four tokens; SGD, rate 2."""
    environment = build("environment", {"kind": "programs"}, "environment")
    return train_arms(_tasks(environment, names, 1.0, 2.0, 16), n_rounds, n_seeds)


def tools(names: Sequence[str], n_rounds: int, n_seeds: int) -> Rows:
    """Train bigram policies to ask a tool; SGD, rate 30, groups of 64."""
    environment = build("environment", {"kind": "tool-use"}, "environment")
    return train_arms(_tasks(environment, names, 0.5, 30.0, 64), n_rounds, n_seeds)


def _tasks(
    environment: Programs | ToolUse,
    names: Sequence[str],
    spread: float,
    rate: float,
    group: int,
) -> dict[str, Task]:
    settings = {"kind": "bigram", "n_actions": environment.n_actions, "spread": spread}
    policy: Bigram = build("policy", settings, "policy")
    made = {}
    for name in names:
        recipe, changes = ARMS[name]
        sizes = {"group_size": group, "optimizer": {"kind": "sgd", "rate": rate}}
        made[name] = Task(environment, policy, make_algorithm(recipe, changes | sizes))
    return made
