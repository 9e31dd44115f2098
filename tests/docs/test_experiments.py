"""Experiments are documented, run, and can fail."""

import dataclasses
import json
from pathlib import Path

import jax
import numpy as np
import pytest
from support import ready_result

import experiments
import experiments.__main__ as command
from experiments import hard_separation
from experiments.alignment_game import game as alignment
from experiments.alignment_game.judging import CASES, judge
from experiments.base import discover
from experiments.twelve_strategies import judging as strategies
from retrain_sim.cli import guarded
from retrain_sim.theory import hard_separation_mass

FOLDER = Path(experiments.__file__).parent


@pytest.fixture
def run(monkeypatch, tmp_path):
    monkeypatch.setattr(command, "configure", lambda: None)

    def run(*words):
        monkeypatch.setattr("sys.argv", ["experiments", *words, "--out", str(tmp_path)])
        return guarded(command.app)

    return run


@pytest.mark.parametrize("name", sorted(discover()))
def test_readme_of_the_experiment_says_what_it_must(name):
    text = (FOLDER / name.replace("-", "_") / "README.md").read_text(encoding="utf-8")
    for part in ("**Claim.**", "**Command.**", "**Minutes**", "**Expected.**"):
        assert part in text
    assert f"python -m experiments run {name}" in text


def test_hard_separation_holds_and_leaves_its_figure(run, tmp_path, capsys):
    assert run("run", "hard-separation", "--smoke") == 0
    assert (tmp_path / "hard-separation" / "figure.png").stat().st_size > 1000
    result = json.loads((tmp_path / "hard-separation" / "result.json").read_text())
    assert result["summary"]["rounds"] == 9
    assert capsys.readouterr().out.count("PASS") == 6


def test_a_wrong_law_fails_with_exit_code_1(run, monkeypatch, capsys):
    def wrong(start, slate_size, n_rounds):
        return hard_separation_mass(start, slate_size + 1, n_rounds)

    monkeypatch.setattr(hard_separation, "hard_separation_mass", wrong)
    assert run("run", "hard-separation", "--smoke") == 1
    assert "failed: hard-separation" in capsys.readouterr().out


def test_unknown_experiment_is_refused(run, capsys):
    assert run("run", "hard-seperation") == 2
    assert "did you mean 'hard-separation'" in capsys.readouterr().err


@pytest.mark.slow
def test_digits_pluralism_holds(run):
    assert run("run", "digits-pluralism", "--smoke") == 0


@pytest.mark.slow
@pytest.mark.parametrize("name", ["alignment-game", "twelve-strategies"])
def test_experiments_of_curation_hold(run, name, tmp_path):
    assert run("run", name, "--smoke") == 0
    assert (tmp_path / name / "figure.png").stat().st_size > 1000


def picks_at(*centers):
    """Make the picks of four seeds, all of whom end at one point per draw."""
    noise = np.random.default_rng(0).normal(size=(4, 20, 50, 2)) / 10
    pairs = zip(alignment.DRAWS, centers, strict=True)
    return {"disjoint": {draw: noise + np.array([at, 0.0]) for draw, at in pairs}}


def test_the_alignment_game_fails_unless_the_winner_flips():
    owner, public = 0.0, CASES["disjoint"]
    assert [v.verdict for v in judge(picks_at(owner, public, 1.5))] == ["PASS"] * 3
    assert "FAIL" in [v.verdict for v in judge(picks_at(owner, owner, 1.5))]
    assert "FAIL" in [v.verdict for v in judge(picks_at(public, public, 1.5))]


def test_the_public_of_the_alignment_game_picks_what_it_likes():
    """In one round, wherever its disc is: to the owner's left, or to its right."""
    keys = jax.random.split(jax.random.key(0), 8)
    games = [alignment.make_game(at, "slates, K = 5") for at in (-3.0, 3.0)]
    rounds = jax.vmap(lambda key, game: alignment.play(key, game, 1), (0, None))
    left, right = (np.asarray(rounds(keys, game)) for game in games)
    assert left.shape == (8, 1, alignment.N_PICKED, 2)
    assert left[..., 0].mean() < 0 < right[..., 0].mean()


def test_twelve_strategies_notice_a_wrong_map(monkeypatch):
    """The end of a run against the prediction of other rounds."""
    result = ready_result("two-tribes")
    measures = ("effective number",)
    monkeypatch.setattr(strategies, "MEASURES", measures)
    assert strategies.judge_map(result, "K = 8").verdict == "PASS"
    early = dataclasses.replace(result, prediction=result.prediction.isel(round=[1]))
    assert strategies.judge_map(early, "K = 8").verdict == "FAIL"
