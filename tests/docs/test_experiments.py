"""Experiments are documented, run, and can fail."""

import json
import math
from pathlib import Path

import numpy as np
import pytest
from matplotlib.figure import Figure

import experiments
import experiments.__main__ as command
from experiments import hard_separation, triangle
from experiments.base import discover
from experiments.common import holds, save
from experiments.leakage_interval import judge as interval
from experiments.leakage_interval.landscapes import outcome
from experiments.slate_bifurcation import judge as bifurcation
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


THEORY = [
    "condorcet-cycle",
    "leakage-interval",
    "many-atoms",
    "phase-diagram",
    "pool-drift",
    "slate-bifurcation",
    "triangle",
    "two-basins",
    "welfare-regret",
]


@pytest.mark.slow
@pytest.mark.parametrize("name", THEORY)
def test_theory_experiments_hold_and_have_a_control(run, tmp_path, name):
    assert run("run", name, "--smoke") == 0
    assert (tmp_path / name / "figure.png").stat().st_size > 10_000
    content = json.loads((tmp_path / name / "results.json").read_text())
    assert content["numbers"]
    controls = [v for v in content["verdicts"] if v["subject"].startswith("control")]
    assert controls
    assert {v["verdict"] for v in controls} == {"PASS"}


def test_triangle_fails_with_a_wrong_transition(run, monkeypatch, tmp_path, capsys):
    wrong = triangle.triangle_transition()._replace(circumradius=0.98)
    monkeypatch.setattr(triangle, "triangle_transition", lambda: wrong)
    assert run("run", "triangle", "--smoke") == 1
    assert "failed: triangle" in capsys.readouterr().out


def test_bifurcation_fails_with_wrong_thresholds(monkeypatch):
    def wrong(slate_size, *leakages):
        return 1 / (slate_size + 1), slate_size / (slate_size + 1)

    assert bifurcation.ends((3, 4), 0.0).verdict == "PASS"
    monkeypatch.setattr(bifurcation, "coexistence_threshold", wrong)
    assert bifurcation.ends((3, 4), 0.0).verdict == "FAIL"


def test_interval_fails_when_it_leaves_a_limit_out():
    rewards = -np.array([[0.0, 2.0], [2.0, 0.0]])
    found = outcome(rewards, 0.5, 0.0)
    assert found.guaranteed()
    assert interval.inside("here", [found]).verdict == "PASS"
    elsewhere = found._replace(interval=(0.6, 0.7))
    assert interval.inside("here", [elsewhere]).verdict == "FAIL"
    assert interval.inside("nothing judged", []).verdict == "FAIL"


def test_results_hold_numbers_that_are_not_finite(tmp_path):
    verdicts = [holds("a", True, "b")]
    save(
        tmp_path / "new", Figure(), verdicts, k=(2, math.inf), x=np.array([1.5, np.nan])
    )
    content = json.loads((tmp_path / "new" / "results.json").read_text())
    assert content["numbers"] == {"k": [2, None], "x": [1.5, None]}
    assert content["verdicts"][0]["gap"] is None


def test_unknown_experiment_is_refused(run, capsys):
    assert run("run", "hard-seperation") == 2
    assert "did you mean 'hard-separation'" in capsys.readouterr().err


@pytest.mark.slow
def test_digits_pluralism_holds(run):
    assert run("run", "digits-pluralism", "--smoke") == 0
