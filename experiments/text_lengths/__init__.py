"""Text lengths: entropy of the number of words under one target, and under two."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from experiments.base import Experiment
from experiments.compare import run_scenario, save_figure
from experiments.text_lengths.causes import CAUSES, growth, same_map
from experiments.text_lengths.figure import draw
from experiments.text_lengths.settings import PROFILES, SCENARIO, WIKITEXT, paper
from retrain_sim.result import Result
from retrain_sim.tables import Table, arms_table, number
from retrain_sim.terminal import console, print_table
from retrain_sim.verdicts import Verdict


def run(profile: str, folder: Path) -> list[Verdict]:
    """Run all arms; the claims about shapes are what should hold."""
    return _run(PROFILES[profile], folder, profile)


def run_paper(data: Path, folder: Path) -> list[Verdict]:
    """Do the same at the paper's sizes, on the user's text."""
    return _run(paper(data), folder, "paper")


def _run(changes: dict[str, Any], folder: Path, profile: str) -> list[Verdict]:
    result = run_scenario(SCENARIO, changes, folder, f"text-lengths ({profile})")
    save_figure(draw(result), folder)
    print_table(console(), arms_table(result))
    print_table(console(), growth_table(result))
    return [*result.claims, same_map(result)]


def growth_table(result: Result) -> Table:
    """Tell, arm by arm, what H(L) of the last round is made of."""
    rows = [[arm, *map(number, growth(result, arm).values())] for arm in result.arms]
    return Table(["H(L) in nats, from", *CAUSES], rows)


EXPERIMENT = Experiment(
    name="text-lengths",
    claim="under one target the entropy of text lengths falls; two targets keep more",
    source="Falahati et al., ICML 2026, arXiv 2605.07724, text lengths, made small",
    minutes={"smoke": 2, "default": 8, "full": 40},
    expected="H(L) 0.00 under one target, 0.66, 0.66, 0.68 under two (exact map: ln 2)",
    run=run,
    run_paper=run_paper,
    data=f"--data PATH names {WIKITEXT}",
)
