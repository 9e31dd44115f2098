"""Errors put into the ratio on purpose: which of them take entropy?"""

from __future__ import annotations

from typing import Any

import numpy as np

from experiments.random_reward import ON_POLICY, ROUNDS, on_policy, task_of
from retrain_sim.component import replaced
from retrain_sim.policy.learner import Task
from retrain_sim.policy.training import train_arms
from retrain_sim.registry import build

CLIP = (0.2, 0.28)
RATE = 0.5
BASE = "float32"
ARMS: dict[str, dict[str, Any]] = {
    BASE: {"kind": "exact"},
    "bias 0.0005": {"kind": "biased-ratio", "bias": 0.0005},
    "bias 0.002": {"kind": "biased-ratio", "bias": 0.002},
    "bias 0.005": {"kind": "biased-ratio", "bias": 0.005},
    "bias -0.005": {"kind": "biased-ratio", "bias": -0.005},
    "bias 0.005, clip only": {"kind": "biased-ratio", "bias": 0.005, "clip_only": True},
    "noise 5 %": {"kind": "noisy-ratio", "scale": 0.05},
    "noise 5 %, clip only": {"kind": "noisy-ratio", "scale": 0.05, "clip_only": True},
    "bfloat16 log-softmax": {"kind": "precision", "log_probs": "bfloat16"},
    "bfloat16 sampler": {"kind": "precision", "sampler": "bfloat16"},
    "bfloat16 ratio": {"kind": "precision", "ratio": "bfloat16"},
    "float16 log-softmax": {"kind": "precision", "log_probs": "float16"},
    ON_POLICY: {"kind": "exact"},
    f"{ON_POLICY}, bias 0.005": {"kind": "biased-ratio", "bias": 0.005},
}
"""Arm -> arithmetic; bias is per squared nat of log pi, noise per nat."""

REFERENCE = {
    BASE: 2.330,
    "bias 0.0005": 2.247,
    "bias 0.002": 1.905,
    "bias 0.005": 1.094,
    "bias -0.005": 2.852,
    "bias 0.005, clip only": 1.187,
    "noise 5 %": 1.969,
}
"""Mean entropies, nats, of an earlier simulation in NumPy with 2000 seeds."""


def tasks(names: tuple[str, ...] = tuple(ARMS)) -> dict[str, Task]:
    """Make random-reward training in every arithmetic: DAPO's clip, or on-policy."""
    return {name: _task(name) for name in names}


def _task(name: str) -> Task:
    plain = on_policy(RATE) if name.startswith(ON_POLICY) else task_of(CLIP, RATE)
    arithmetic = build("arithmetic", ARMS[name], "arithmetic")
    return replaced(plain, "algorithm.arithmetic", arithmetic)


def entropies(n_seeds: int) -> dict[str, np.ndarray]:
    """Train every arm with paired seeds; return the entropy [seed, row]."""
    rows = train_arms(tasks(), ROUNDS, n_seeds)
    return {name: found["policy/entropy"] for name, found in rows.items()}
