"""The Alignment Game: who wins depends on how a pool is shown."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import jax
import numpy as np

from experiments.alignment_game.game import DRAWS, make_game, play
from experiments.alignment_game.judging import CASES, DISJOINT, judge, satisfaction
from experiments.alignment_game.picture import picks_figure
from experiments.base import Experiment
from retrain_sim.files import write_atomic
from retrain_sim.report import png
from retrain_sim.tables import Table
from retrain_sim.terminal import console, print_table
from retrain_sim.verdicts import Verdict, standard_error

SIZES = {
    "smoke": (("disjoint",), 40, 16),
    "default": (("disjoint",), 100, 16),
    "full": (tuple(CASES), 100, 32),
}
"""Profile -> cases, rounds and seeds."""


def run(profile: str, folder: Path) -> list[Verdict]:
    """Play every case with every draw; judge who is satisfied at the end."""
    names, n_rounds, n_seeds = SIZES[profile]
    games = {name: play_all(CASES[name], n_rounds, n_seeds) for name in names}
    folder.mkdir(parents=True, exist_ok=True)
    image = png(picks_figure(games["disjoint"], DISJOINT))
    write_atomic(folder / "figure.png", lambda file: file.write(image))
    picks: dict[str, Any] = {
        f"{c}, {d}": x for c, game in games.items() for d, x in game.items()
    }
    write_atomic(folder / "picks.npz", lambda file: np.savez_compressed(file, **picks))
    rows = [row for name in names for row in _rows(name, games[name])]
    heads = ["case", "draw", "owner: distance", "inside", "public: distance", "inside"]
    print_table(console(), Table(heads, rows))
    return judge(games)


def play_all(distance: float, n_rounds: int, n_seeds: int) -> dict[str, np.ndarray]:
    """Play one case with every draw: the public's picks ``[s, t, n_picked, d]``."""
    keys = jax.random.split(jax.random.key(0), n_seeds)
    games = {draw: make_game(distance, draw) for draw in DRAWS}
    seeds = jax.vmap(play, in_axes=(0, None, None))
    return {
        draw: np.asarray(seeds(keys, game, n_rounds)) for draw, game in games.items()
    }


def _rows(case: str, game: dict[str, np.ndarray]) -> list[list[str]]:
    def shown(values: np.ndarray) -> str:
        return f"{values.mean():.2f} ± {standard_error(values):.2f}"

    return [
        [case, name, *(shown(v) for at in (0.0, CASES[case])
                       for v in satisfaction(picks, at))]
        for name, picks in game.items()
    ]  # fmt: skip


EXPERIMENT = Experiment(
    name="alignment-game",
    claim="two stages of curation: who wins flips with how the pool is shown",
    source="disjoint case of Falahati et al., AAAI 2026, arXiv 2511.12804; slates here",
    minutes={"smoke": 0.5, "default": 1, "full": 5},
    expected="mean distance to owner / public: 0.9 / 2.1 (softmax), 1.8 / 1.3 (K = 5)",
    run=run,
)
