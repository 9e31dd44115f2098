"""The catalog: everything that a scenario file can name, one line each."""

from __future__ import annotations

import tomllib

from retrain_sim.registry import FAMILIES, describe, kinds
from retrain_sim.spec import scenario_names, scenario_text


def catalog() -> dict[str, dict[str, str]]:
    """Return heading -> name -> one line.

    Example:
        >>> catalog()["regime"]["replace"]
        'Train on the kept samples alone.'
    """
    found = {
        "scenarios": {
            name: tomllib.loads(scenario_text(name))["title"]
            for name in scenario_names()
        }
    }
    for family in FAMILIES:
        found[family] = {kind: describe(cls) for kind, cls in kinds(family).items()}
    return found
