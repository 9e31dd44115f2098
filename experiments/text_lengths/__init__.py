"""Text lengths: entropy of the number of words under one target, and under two."""

from __future__ import annotations

import os
from pathlib import Path

import retrain_sim as rs
from experiments.base import Experiment
from experiments.text_lengths.figure import draw
from experiments.text_lengths.growth import CAUSES, growth
from retrain_sim.errors import UserError
from retrain_sim.files import write_atomic
from retrain_sim.report import png, write_report
from retrain_sim.tables import Table, arms_table, number
from retrain_sim.terminal import Bar, console, print_table
from retrain_sim.verdicts import Verdict

SCENARIO = Path(__file__).parent / "scenario.toml"
TEXT = "RETRAIN_SIM_WIKITEXT"
"""Environment variable: the path of WikiText-2's ``wiki.train.tokens``."""

SETTINGS = {
    "smoke": {
        "run.rounds": 4,
        "run.seeds": 6,
        "run.atoms": 200,
        "data.tokenizer": "words",
        "data.length": 24,
        "data.n": 800,
        "model.layers": 1,
        "model.width": 32,
        "model.initial_steps": 150,
        "curation.n_candidates": 200,
        "curation.n_kept": 100,
    },
    "default": {},
    "full": {
        "run.rounds": 20,
        "run.atoms": 4000,
        "data.layout": "wikitext",
        "data.vocabulary": 50257,
        "data.length": 96,
        "data.cut": True,
        "data.n": 2000,
        "model.layers": 6,
        "model.heads": 6,
        "model.width": 384,
        "model.initial_steps": 4000,
        "model.initial_rate": 5e-4,
        "model.epochs": 2.0,
        "model.batch": 8,
        "model.rate": 5e-5,
        "model.top_p": 0.9,
        "curation.n_candidates": 200,
        "curation.n_kept": 200,
    },
}


def run(profile: str, folder: Path) -> list[Verdict]:
    """Run all arms; the claims about shapes are what should hold."""
    spec = rs.load_spec(SCENARIO, settings(profile))
    bar = Bar()
    try:
        command = f"experiments run text-lengths ({profile})"
        result = rs.run(spec, folder, command=command, listener=bar)
    finally:
        bar.close()
    write_report(result, folder)
    image = png(draw(result))
    write_atomic(folder / "figure.png", lambda file: file.write(image))
    print_table(console(), arms_table(result))
    print_table(console(), growth_table(result))
    return result.claims


def growth_table(result: rs.Result) -> Table:
    """Tell, arm by arm, what H(L) of the last round is made of."""
    rows = [[arm, *map(number, growth(result, arm).values())] for arm in result.arms]
    return Table(["H(L) in nats, from", *CAUSES], rows)


def settings(profile: str) -> dict[str, object]:
    """Return what a profile changes; ``full`` needs the path of a local file.

    Raises:
        UserError: the file of ``full`` is not named.
    """
    changes: dict[str, object] = dict(SETTINGS[profile])
    if profile != "full":
        return changes
    if not os.environ.get(TEXT):
        hint = "wiki.train.tokens of wikitext-2-v1.zip"
        raise UserError(f"{TEXT} is not set: it names WikiText-2's text, {hint}")
    return changes | {"data.path": os.environ[TEXT]}


EXPERIMENT = Experiment(
    name="text-lengths",
    claim="under one target the entropy of text lengths falls; two targets keep more",
    source="Falahati et al., ICML 2026, arXiv 2605.07724, text lengths, made small",
    minutes={"smoke": 1, "default": 5, "full": 600},
    expected="H(L) 0.00 under one target, 0.66, 0.66, 0.68 under two (exact map: ln 2)",
    run=run,
)
