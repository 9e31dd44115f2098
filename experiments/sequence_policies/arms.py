"""Token policies on programs, target strings and tools, trained by algorithms."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from retrain_sim.policy.learner import Task
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
FEW = (RLOO, "GRPO", "REPO-const 0.05")

READERS = {
    "bigram": ({"kind": "bigram"}, {"kind": "sgd", "rate": 2.0}, 0.02),
    "mlp": (
        {"kind": "mlp", "length": 4, "window": 3, "hidden": 64},
        {"kind": "adam"},
        0.01,
    ),
    "transformer": (
        {"kind": "transformer", "length": 4, "width": 32, "heads": 2},
        {"kind": "adam"},
        0.003,
    ),
}
"""Who writes target strings -> its settings, its optimizer, its rate of reading."""


def programs(names: Sequence[str], n_rounds: int, n_seeds: int) -> Rows:
    """Train bigram policies to write programs of four tokens; SGD, rate 2."""
    optimizer = {"kind": "sgd", "rate": 2.0}
    tasks = _tasks(names, {"kind": "programs"}, {"kind": "bigram"}, optimizer, 16)
    return train_arms(tasks, n_rounds, n_seeds)


def tools(names: Sequence[str], n_rounds: int, n_seeds: int) -> Rows:
    """Train bigram policies to ask a tool; SGD, rate 30, groups of 64."""
    policy, optimizer = (
        {"kind": "bigram", "spread": 0.5},
        {"kind": "sgd", "rate": 30.0},
    )
    tasks = _tasks(names, {"kind": "tool-use"}, policy, optimizer, 64)
    return train_arms(tasks, n_rounds, n_seeds)


def targets(names: Sequence[str], reader: str, n_rounds: int, n_seeds: int) -> Rows:
    """Train a policy that has read twelve targets among others to write them."""
    policy, optimizer, reading_rate = READERS[reader]
    environment = {"kind": "targets", "reading_rate": reading_rate}
    tasks = _tasks(names, environment, policy, optimizer, 16)
    return train_arms(tasks, n_rounds, n_seeds)


def _tasks(
    names: Sequence[str],
    environment: dict[str, Any],
    policy: dict[str, Any],
    optimizer: dict[str, Any],
    group: int,
) -> dict[str, Task]:
    task = build("environment", environment, "environment")
    writer = build("policy", policy | {"n_actions": task.n_actions}, "policy")
    made = {}
    for name in names:
        recipe, changes = ARMS[name]
        sizes = {"group_size": group, "optimizer": optimizer}
        made[name] = Task(task, writer, make_algorithm(recipe, changes | sizes))
    return made
