"""Token policies on programs and on tools, trained by every algorithm."""

from __future__ import annotations

from typing import Any

import numpy as np

from retrain_sim.policy.environments import Programs, ToolUse
from retrain_sim.policy.learner import Task
from retrain_sim.policy.policies import Bigram, Transformer
from retrain_sim.policy.recipes import make_algorithm
from retrain_sim.policy.training import train_arms

Rows = dict[str, np.ndarray]

RLOO = "RLOO, on-policy"
MEAN = {"average": {"kind": "rollout-mean"}}
"""Rollout means for all, so that rates compare."""

ARMS: dict[str, tuple[str, dict[str, Any]]] = {
    RLOO: ("rloo", MEAN),
    "GRPO": ("grpo", {}),
    "LOOP": ("loop", MEAN),
    "DAPO": ("dapo", {}),
    "GSPO": ("gspo", {}),
    "GSPO, clip 0.05": ("gspo", {"clip": {"e_low": 0.05, "e_high": 0.05}}),
    "REPO-R, cap 1": ("loop+repo-r", MEAN | {"controller": {"most": 1.0}}),
    "REPO-const 0.05": ("rloo+repo-const", MEAN | {"transform": {"beta": 0.05}}),
    "entropy bonus 0.05": ("rloo+entropy-bonus", MEAN | {"bonus": {"coefficient": 0.05}}),
}
"""Arm -> recipe and what is changed in it; SGD on all."""

RATE = 2.0


def tasks(environment: Any, policy: Any, names: tuple[str, ...], rate: float = RATE):
    """Put algorithms to work on a task with a token policy."""
    made = {}
    for name in names:
        recipe, changes = ARMS[name]
        changes = changes | {"optimizer": {"kind": "sgd", "rate": rate}}
        made[name] = Task(environment, policy, make_algorithm(recipe, changes))
    return made


def programs(n_rounds: int, n_seeds: int, names=tuple(ARMS)) -> dict[str, Rows]:
    """Train bigram policies to write programs of four tokens."""
    policy = Bigram(n_actions=8, spread=np.float32(1.0))
    environment = Programs(keep=np.float32(0.3))
    return train_arms(tasks(environment, policy, names), n_rounds, n_seeds)
