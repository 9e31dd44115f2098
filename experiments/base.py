"""What an experiment is, and how its verdicts are shown and decide."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import experiments
from retrain_sim.errors import UserError, nearest
from retrain_sim.verdicts import Verdict

PROFILES = ("smoke", "default", "full")


@dataclass(frozen=True)
class Experiment:
    """A claim, and the program that puts it to the test.

    Args:
        name: the folder's name.
        claim: what should hold, in one line.
        source: where the claim comes from.
        minutes: profile -> minutes on two cores.
        expected: the numbers to expect.
        run: ``(profile, folder) -> verdicts that should hold``; it leaves
            ``figure.png`` and its results in ``folder``.
    """

    name: str
    claim: str
    source: str
    minutes: dict[str, float]
    expected: str
    run: Callable[[str, Path], list[Verdict]]


def discover() -> dict[str, Experiment]:
    """Find every experiment: each folder here defines ``EXPERIMENT``."""
    found = {}
    for module in pkgutil.iter_modules(experiments.__path__):
        if module.ispkg:
            loaded = importlib.import_module(f"experiments.{module.name}")
            found[loaded.EXPERIMENT.name] = loaded.EXPERIMENT
    return found


def find(name: str) -> list[Experiment]:
    """Look up one experiment, or ``all`` of them."""
    found = discover()
    if name == "all":
        return list(found.values())
    if name not in found:
        raise UserError(f"no experiment {name!r}; {nearest(name, [*found, 'all'])}")
    return [found[name]]
