"""Sections of a scenario file: all their names, and those that are no components."""

from __future__ import annotations

import dataclasses
from typing import Any

from retrain_sim.errors import UserError, nearest
from retrain_sim.registry import decode

SECTIONS = {
    "title": str,
    "data": dict,
    "model": dict,
    "reward": list,
    "groups": dict,
    "curation": dict,
    "regime": dict,
    "metrics": dict,
    "prediction": dict,
    "run": dict,
    "headline": dict,
    "claim": list,
    "arms": dict,
    "sweep": dict,
}
"""Section -> the TOML type of its value."""

LAST_SEED = 2**31
"""Seeds are 32-bit integers in files."""


@dataclasses.dataclass(frozen=True)
class Run:
    """How long, how often, and from which seed.

    Args:
        rounds: T >= 1.
        seeds: independent repetitions, >= 1.
        seed: the first of them, >= 0.
        atoms: samples of p_0 that the theory moves where outcomes cannot be listed.
        shown: samples of every round that are kept to look at; fewer where those of
            all runs and rounds would take more than 64 MiB.
    """

    rounds: int = 12
    seeds: int = 4
    seed: int = 0
    atoms: int = 4000
    shown: int = 64

    def check(self):
        """Yield what is out of range."""
        least = {"rounds": 1, "seeds": 1, "seed": 0, "atoms": 10, "shown": 1}
        for name, low in least.items():
            value = getattr(self, name)
            if value < low:
                yield name, f"must be at least {low}, got {value}"
        if self.seed + self.seeds > LAST_SEED:
            yield "seed", f"the last seed must be below {LAST_SEED}, got {self.seed}"


@dataclasses.dataclass(frozen=True)
class Headline:
    """The metric that the verdicts are about, and which gap still counts as close."""

    metric: str = "collapse/class_entropy"
    tolerance: float = 0.05
    decides: str = "prediction"

    def check(self):
        """Yield what is out of range."""
        if not self.tolerance >= 0:
            yield "tolerance", f"must be at least 0, got {self.tolerance}"
        if self.decides not in ("prediction", "claims"):
            yield "decides", f"must be prediction or claims, got {self.decides!r}"


@dataclasses.dataclass(frozen=True)
class Claim:
    """A claim about the shape of the result, judged like a prediction.

    ``kind`` is ``ordered`` (the arms' last values increase in the order given),
    ``falls`` or ``rises`` (every arm's values, from the first round to the last).
    """

    kind: str
    arms: tuple[str, ...]
    metric: str = "collapse/class_entropy"

    def check(self):
        """Yield what is out of range."""
        if self.kind not in ("ordered", "falls", "rises"):
            yield "kind", f"unknown {self.kind!r}; allowed: falls, ordered, rises"
        least = 2 if self.kind == "ordered" else 1
        if len(self.arms) < least:
            yield "arms", f"needs at least {least}, got {len(self.arms)}"


def read_section(cls: Any, values: Any, where: str) -> Any:
    """Make one of the classes above from its table: names, types, then ranges."""
    decode(values, dict, where)
    names = [field.name for field in dataclasses.fields(cls)]
    for key in values:
        if key not in names:
            raise UserError(f"{where}.{key}: unknown key; {nearest(key, names)}")
    made = decode(values, cls, where)
    for field, message in made.check():
        raise UserError(f"{where}.{field}: {message}")
    return made
