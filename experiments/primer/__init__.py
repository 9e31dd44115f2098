"""The synthetic-data primer: ten claims, measured, on one page."""

from __future__ import annotations

import dataclasses
import functools
import importlib
from pathlib import Path

from experiments.base import Experiment
from retrain_sim.verdicts import Verdict

MODULES = (
    "p01_coverage",
    "p02_randomization",
    "p03_bias",
    "p04_shortcut",
    "p05_collapse",
    "p06_tails",
    "p07_benchmark",
    "p08_volume",
    "p09_targeted",
    "p10_contact",
)
"""Imported when they are run: the list of experiments must not wait for them."""


def run(
    profile: str, folder: Path, modules: tuple[str, ...] = MODULES
) -> list[Verdict]:
    """Run parts one after the other; write the page, the overview and the numbers."""
    from experiments.common import save
    from experiments.primer.page import overview, write_page

    parts = [importlib.import_module(f"{__name__}.{m}").PART for m in modules]
    findings = {part: part.run(profile) for part in parts}
    write_page(findings, profile, folder)
    verdicts = [
        v._replace(subject=f"{part.name}: {v.subject}")
        for part, finding in findings.items()
        for v in finding.verdicts
    ]
    numbers = {
        part.name: {
            "number": finding.number,
            "sliced W2": {name: str(far) for name, far in finding.distances.items()},
            "means": {k: v.mean(axis=0) for k, v in finding.measured.items()},
        }
        for part, finding in findings.items()
    }
    return save(folder, overview(findings), verdicts, **numbers)


EXPERIMENT = Experiment(
    name="primer",
    claim="synthetic data fill gaps, transfer, mislead, collapse, hide tails and drift "
    "as claimed: ten claims, one page",
    source="claims that are made of synthetic data; designs and numbers are ours",
    minutes={"smoke": 2, "default": 6, "full": 20},
    expected="every verdict PASS; primer.html is the page, the README has the numbers",
    run=run,
)


def _part(module: str) -> Experiment:
    number = int(module[1:3])
    return dataclasses.replace(
        EXPERIMENT,
        name=f"primer-p{number}",
        claim=f"claim {number} of the primer alone: {module[4:]}",
        run=functools.partial(run, modules=(module,)),
    )


PARTS = {part.name: part for part in map(_part, MODULES)}
"""One experiment per claim."""
