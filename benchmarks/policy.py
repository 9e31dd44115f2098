"""Policy gradients: the whole T1 table, beside NumPy vectorized over seeds."""

from __future__ import annotations

import numpy as np

from benchmarks.case import Benchmark, Case, scaled
from benchmarks.policy_numpy import Method, run
from retrain_sim.policy.learner import Task
from retrain_sim.policy.recipes import make_algorithm
from retrain_sim.policy.training import make_groups
from retrain_sim.registry import build

CAP = {"controller": {"most": 1.0}}
OFF = {"epochs": 4, "low": 0.2, "high": 0.2}
ROWS = {
    "RLOO, on-policy": ("rloo", {}, Method()),
    "GRPO": ("grpo", {}, Method(normalized=True, **OFF)),
    "LOOP": ("loop", {}, Method(**OFF)),
    "DAPO": ("dapo", {}, Method(True, 4, 0.2, 0.28)),
    "ADAPO": ("adapo", {}, Method(True, 4, 0.2, 0.28, adaptive=True)),
    "GSPO": ("gspo", {}, Method(True, 4, 3e-4, 4e-4)),
    "REPO-R, cap 0.05": ("loop+repo-r", {}, Method(cap=0.05, **OFF)),
    "REPO-R, cap 1": ("loop+repo-r", CAP, Method(cap=1.0, **OFF)),
    "REPO-const 0.05": (
        "rloo+repo-const",
        {"transform": {"beta": 0.05}},
        Method(beta=0.05),
    ),
    "REPO-const 0.1": ("rloo+repo-const", {}, Method(beta=0.1)),
    "REPO-const 0.2": (
        "rloo+repo-const",
        {"transform": {"beta": 0.2}},
        Method(beta=0.2),
    ),
    "entropy bonus 0.1": ("rloo+entropy-bonus", {}, Method(bonus=0.1)),
}
"""Row -> recipe, what is changed in it, and the same for NumPy."""


def _case(rounds: int, seeds: int) -> Case:
    table = {"kind": "many-solutions", "rounds_per_task": rounds // 2, "shift_k": 0}
    environment = build("environment", table, "environment")
    policy = build("policy", {"kind": "tabular"}, "policy")
    tasks = {
        name: Task(environment, policy, make_algorithm(recipe, changes))
        for name, (recipe, changes, _) in ROWS.items()
    }
    groups = make_groups(tasks, rounds, seeds)

    def ours() -> dict[str, np.ndarray]:
        found = {}
        for group in groups:
            group.restart()
            group.advance(rounds)
            found |= group.recorded()
        return {name: rows["policy/entropy"] for name, rows in found.items()}

    def rival() -> dict[str, np.ndarray]:
        methods = {name: method for name, (_, _, method) in ROWS.items()}
        return {n: run(m, rounds, seeds)["entropy"] for n, m in methods.items()}

    return Case(ours, rival, lambda: _agree(ours(), rival(), rounds))


def _agree(ours: dict, theirs: dict, rounds: int) -> None:
    """Compare mean entropies over the first task, in standard errors."""
    half = rounds // 2
    for name in ROWS:
        a, b = (both[name][:, :half].mean(axis=1) for both in (ours, theirs))
        error = np.sqrt(a.var(ddof=1) / len(a) + b.var(ddof=1) / len(b))
        gap = abs(a.mean() - b.mean()) / error
        assert gap < 5, f"{name}: {a.mean():.3f} and {b.mean():.3f} differ"


BENCHMARKS = [
    Benchmark(
        "policy-table",
        "12 policy-gradient algorithms on two tasks, 200 seeds, 1 000 rounds",
        "NumPy, vectorized over seeds, float32",
        ("numpy",),
        5.0,
        lambda scale: _case(scaled(1000, scale, 20), scaled(200, scale, 20)),
    )
]
