"""Experiments are documented, run, and can fail."""

import json
from pathlib import Path

import pytest

import experiments
import experiments.__main__ as command
from experiments import hard_separation
from experiments.base import discover
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
