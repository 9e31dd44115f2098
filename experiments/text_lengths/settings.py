"""Sizes of the runs: what a profile changes in the scenario."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from retrain_sim.errors import UserError

SCENARIO = Path(__file__).parent / "scenario.toml"
WIKITEXT = "wiki.train.tokens of wikitext-2-v1.zip (WikiText-2), or another UTF-8 text"
PROFILES: dict[str, dict[str, Any]] = {
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
    "full": {"run.rounds": 20, "run.seeds": 8},
}
PAPER: dict[str, Any] = {
    "run.rounds": 20,
    "run.atoms": 4000,
    "data.layout": "wikitext",
    "data.vocabulary": 50257,
    "data.length": 96,
    "data.cut": True,
    "data.n": 2000,  # half of them are the 1000 seeds
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
}
"""Length, pre-training and the nucleus are not stated in the paper."""


def paper(data: Path) -> dict[str, Any]:
    """Return the paper's sizes, on the user's file.

    Args:
        data: a UTF-8 text, laid out as WikiText-2 is.

    Raises:
        UserError: there is no such file.
    """
    if not data.is_file():
        raise UserError(f"--data {data}: no such file; it names {WIKITEXT}")
    return PAPER | {"data.path": str(data)}
