"""Image pluralism: a flow retrained on its own images under one to five rewards."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import retrain_sim as rs
from experiments.base import Experiment
from experiments.common import holds
from experiments.compare import run_scenario, save_figure
from experiments.image_pluralism.cost import cost_lines
from experiments.image_pluralism.figure import draw
from experiments.image_pluralism.settings import PROFILES, SCENARIO, paper
from retrain_sim.data.cifar10 import SOURCE
from retrain_sim.result import Result
from retrain_sim.tables import arms_table, decomposition_table, describe_notes
from retrain_sim.terminal import console, print_table, print_warnings
from retrain_sim.verdicts import Verdict


def run(profile: str, folder: Path) -> list[Verdict]:
    """Run all arms on digits; the claims about shapes are what should hold."""
    return _run(PROFILES[profile], folder, profile)


def run_paper(data: Path, folder: Path) -> list[Verdict]:
    """Do the same at the paper's sizes, on CIFAR-10."""
    return _run(paper(data), folder, "paper")


def _run(changes: dict[str, Any], folder: Path, profile: str) -> list[Verdict]:
    if profile == "paper":
        for line in cost_lines(rs.load_spec(SCENARIO, changes)):
            console().print(line)
    result = run_scenario(SCENARIO, changes, folder, f"image-pluralism ({profile})")
    save_figure(draw(result), folder)
    _print(result)
    return [quality_verdict(result), *result.claims]


def quality_verdict(result: Result) -> Verdict:
    """Ask whether p_0 draws images that conclusions can rest on."""
    told = "; ".join(result.warnings) or describe_notes(result.notes).split("; ")[-1]
    return holds("p_0 draws recognizable images", not result.warnings, told)


def _print(result: Result) -> None:
    out = console()
    print_warnings(out, result)
    print_table(out, arms_table(result))
    stages = decomposition_table(result)
    if stages:
        print_table(out, stages)


EXPERIMENT = Experiment(
    name="image-pluralism",
    claim="one reward collapses the classes, M rewards keep about M of them",
    source="Falahati et al., ICML 2026, arXiv 2605.07724: CIFAR-10, here also digits",
    minutes={"smoke": 0.5, "default": 4.5, "full": 60},
    expected="class entropy near the exact map's 0.00, 0.69, 1.10, 1.39, 1.61 under "
    "one to five equal voters",
    run=run,
    run_paper=run_paper,
    data=f"--data PATH names CIFAR-10's binary files: {SOURCE}",
)
