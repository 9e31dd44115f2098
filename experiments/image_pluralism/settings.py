"""What every profile changes in the scenario of the laptop.

No network draws digits after a second of training: the smallest profile takes kernel
densities, which do.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

SCENARIO = Path(__file__).parent / "scenario.toml"
PROFILES: dict[str, dict[str, Any]] = {
    "smoke": {
        "run.rounds": 5,
        "run.seeds": 2,
        "run.atoms": 1000,
        "model": {"kind": "kernel-density", "bandwidth": 0.1},
    },
    "default": {},
    "full": {"run.rounds": 25, "run.seeds": 8, "model.steps": 600, "run.atoms": 8000},
}
TARGETS = ("airplane", "automobile", "bird", "cat", "deer")
"""The classes that voters reward; the paper does not say which it took."""


def paper(data: Path) -> dict[str, Any]:
    """Return the paper's sizes, on CIFAR-10 from the user's files.

    Not stated there: K (4 in the group's earlier code), gamma (5 there), which classes,
    and how long a round retrains.

    Args:
        data: what the data kind ``cifar10`` takes as its path.
    """
    rewards = [
        {"name": name, "kind": "class-probability", "label": label, "scale": 5.0}
        for label, name in enumerate(TARGETS)
    ]
    model = {
        "kind": "flow-matching",
        "network": "unet",
        "size": "base",
        "precision": "bfloat16",
        "coupling": "optimal-transport",
        "initial_steps": 400_000,
        "initial_rate": 2e-4,
        "steps": 1000,
        "rate": 1e-4,
        "batch": 128,
        "average": 0.9999,
        "solver": "midpoint",
        "solver_steps": 50,
        "bound": 1.0,
    }
    sizes = {"slate_size": 4, "n_candidates": 50_000, "n_kept": 2500}
    run = {"rounds": 25, "seeds": 3, "atoms": 10_000, "shown": 36}
    return {
        "title": "CIFAR-10: the more voters, the more diversity survives",
        "data": {"kind": "cifar10", "path": str(data), "part": "all"},
        "model": model,
        "reward": rewards,
        **{f"curation.{name}": value for name, value in sizes.items()},
        **{f"run.{name}": value for name, value in run.items()},
    }
