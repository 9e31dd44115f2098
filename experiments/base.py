"""What an experiment is, and how its verdicts are shown and decide."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import experiments
from retrain_sim.errors import UserError, nearest
from retrain_sim.verdicts import Verdict

PROFILES = ("smoke", "default", "full")
PAPER = "paper"
"""The profile of experiments that can read the paper's own data."""


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
        run_paper: ``(data, folder) -> verdicts``, the same at the paper's sizes on the
            user's own files, where there is such a profile.
        data: what these files are, and where to get them.
    """

    name: str
    claim: str
    source: str
    minutes: dict[str, float]
    expected: str
    run: Callable[[str, Path], list[Verdict]]
    run_paper: Callable[[Path, Path], list[Verdict]] | None = None
    data: str = ""


def discover() -> dict[str, Experiment]:
    """Find every experiment: each folder here defines ``EXPERIMENT``."""
    return {module.EXPERIMENT.name: module.EXPERIMENT for module in _folders()}


def parts() -> dict[str, Experiment]:
    """Find the parts that can be run alone: a folder may define ``PARTS``."""
    found: dict[str, Experiment] = {}
    for module in _folders():
        found |= getattr(module, "PARTS", {})
    return found


def _folders() -> list[Any]:
    """Import every folder here."""
    packages = [m.name for m in pkgutil.iter_modules(experiments.__path__) if m.ispkg]
    return [importlib.import_module(f"experiments.{name}") for name in packages]


def find(name: str) -> list[Experiment]:
    """Look up one experiment, a part of one, or ``all`` experiments."""
    found = discover()
    if name == "all":
        return list(found.values())
    known = found | parts()
    if name not in known:
        raise UserError(f"no experiment {name!r}; {nearest(name, [*known, 'all'])}")
    return [known[name]]
