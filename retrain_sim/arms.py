"""Arms that share a compiled program."""

from __future__ import annotations

from typing import Any, NamedTuple

from retrain_sim.scenario import Scenario, Stack, signature


class Group(NamedTuple):
    """Arms that share one program: their names and scenarios."""

    names: tuple[str, ...]
    stack: Stack


def group_arms(arms: dict[str, Scenario]) -> list[Group]:
    """Group the arms that differ in floats only: each group compiles once.

    Example:
        >>> from retrain_sim import load_spec, prepare
        >>> [g.names for g in group_arms(prepare(load_spec("condorcet")).arms)]
        [('K = 2',), ('K = 3',)]
    """
    found: dict[Any, list[str]] = {}
    for name, scenario in arms.items():
        found.setdefault(signature(scenario), []).append(name)
    return [
        Group(tuple(names), Stack([arms[name] for name in names]))
        for names in found.values()
    ]
