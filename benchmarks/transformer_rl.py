"""Policy gradients on a tiny transformer: 16 rollouts of 16 tokens, 8 seeds."""

from __future__ import annotations

from benchmarks.case import Benchmark, Case, scaled
from retrain_sim.policy.learner import Task
from retrain_sim.policy.recipes import make_algorithm
from retrain_sim.policy.training import make_groups
from retrain_sim.registry import build

SEEDS, ROUNDS, GROUP, LENGTH, WIDTH, LAYERS, VOCABULARY = 8, 50, 16, 16, 64, 2, 8
RATE = 1e-3


def _task() -> Task:
    """Make on-policy RLOO with Adam on programs of 16 tokens."""
    changes = {"group_size": GROUP, "optimizer": {"kind": "adam", "rate": RATE}}
    sizes = {"n_actions": VOCABULARY, "length": LENGTH}
    programs = {"kind": "programs", "n_measured": GROUP, "k": 8} | sizes
    network = {"kind": "transformer", "width": WIDTH, "layers": LAYERS} | sizes
    environment = build("environment", programs, "environment")
    policy = build("policy", network, "policy")
    return Task(environment, policy, make_algorithm("rloo", changes))


def _torch_runs(n_rounds: int) -> None:
    """Do the same with PyTorch, seed after seed; keys and values are kept, too."""
    import torch  # ty: ignore[import-not-found]

    from benchmarks.torch_policy import train

    torch.set_num_threads(2)
    for seed in range(SEEDS):
        sizes = VOCABULARY, LENGTH, WIDTH, LAYERS
        train(seed, n_rounds, GROUP, sizes, RATE)


def _make(scale: float) -> Case:
    n_rounds = scaled(ROUNDS, scale)
    (group,) = make_groups({"rloo": _task()}, n_rounds, SEEDS)

    def ours() -> object:
        group.track, group.round = None, 0
        group.advance(n_rounds)
        return group.recorded()

    return Case(ours, lambda: _torch_runs(n_rounds))


BENCHMARKS = [
    Benchmark(
        "transformer-rl",
        "RLOO on a transformer, d = 64, 2 layers, 16 x 16 tokens, 8 seeds, 50 rounds",
        "PyTorch, seed after seed",
        ("torch",),
        None,
        _make,
    )
]
