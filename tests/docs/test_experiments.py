"""Experiments are documented, run, and can fail."""

import dataclasses
import json
import math
from pathlib import Path

import jax
import numpy as np
import pytest
from matplotlib.figure import Figure
from support import ready_result

import experiments
import experiments.__main__ as command
from experiments import (
    gaussian_regimes,
    hard_separation,
    kazdan_panels,
    kde_spreads,
    mad_fresh_data,
    regression_regimes,
    triangle,
)
from experiments.alignment_game import game as alignment
from experiments.alignment_game.judging import CASES
from experiments.alignment_game.judging import judge as judge_game
from experiments.base import discover
from experiments.common import holds, save
from experiments.leakage_interval import judge as interval
from experiments.leakage_interval.landscapes import outcome
from experiments.slate_bifurcation import judge as bifurcation
from experiments.twelve_strategies import judging as strategies
from retrain_sim.cli import guarded
from retrain_sim.theory import (
    fresh_data_moments,
    gaussian_accumulate_variance,
    hard_separation_mass,
    kernel_density_variance,
    regression_excess_risk,
)
from retrain_sim.verdicts import FAIL, PASS

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


@pytest.mark.parametrize("experiment", discover().values(), ids=lambda e: e.name)
def test_the_list_of_experiments_has_every_claim(experiment):
    lines = (FOLDER / "README.md").read_text(encoding="utf-8").splitlines()
    link = f"[{experiment.name}]({experiment.name.replace('-', '_')}/README.md)"
    (line,) = [line for line in lines if link in line]
    assert experiment.claim.replace("|", "\\|") in line
    assert f"| {experiment.minutes['default']:g} |" in line


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


def test_all_experiments_end_in_one_table(run, monkeypatch, capsys):
    found = discover()
    few = [found["slate-bifurcation"], found["triangle"]]
    monkeypatch.setattr(command, "find", lambda name: few)
    wrong = triangle.triangle_transition()._replace(circumradius=0.98)
    monkeypatch.setattr(triangle, "triangle_transition", lambda: wrong)
    assert run("run", "all", "--smoke") == 1
    _, table = capsys.readouterr().out.split("all experiments")
    rows = {line.split()[0]: line.split() for line in table.splitlines() if line}
    assert rows["slate-bifurcation"][3] == "-"
    assert int(rows["triangle"][3]) > 0
    assert "failed: triangle" in table


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
    assert [v.verdict for v in judge_game(picks_at(owner, public, 1.5))] == ["PASS"] * 3
    assert "FAIL" in [v.verdict for v in judge_game(picks_at(owner, owner, 1.5))]
    assert "FAIL" in [v.verdict for v in judge_game(picks_at(public, public, 1.5))]


def test_the_public_of_the_alignment_game_picks_what_it_likes():
    """In one round, wherever its disc is: to the owner's left, or to its right."""
    keys = jax.random.split(jax.random.key(0), 8)
    games = [alignment.make_game(at, "slates, K = 5") for at in (-3.0, 3.0)]
    rounds = jax.vmap(lambda key, game: alignment.play(key, game, 1), (0, None))
    left, right = (np.asarray(rounds(keys, game)) for game in games)
    assert left.shape == (8, 1, alignment.N_PICKED, 2)
    assert left[..., 0].mean() < 0 < right[..., 0].mean()


@pytest.mark.slow
def test_twelve_strategies_notice_a_wrong_map(monkeypatch):
    """The end of a run against the prediction of other rounds."""
    result = ready_result("two-tribes")
    measures = ("effective number",)
    monkeypatch.setattr(strategies, "MEASURES", measures)
    assert strategies.judge_map(result, "K = 8").verdict == "PASS"
    early = dataclasses.replace(result, prediction=result.prediction.isel(round=[1]))
    assert strategies.judge_map(early, "K = 8").verdict == "FAIL"


UNCURATED = {
    "gaussian-regimes": gaussian_regimes,
    "kazdan-panels": kazdan_panels,
    "kde-spreads": kde_spreads,
    "mad-fresh-data": mad_fresh_data,
    "regression-regimes": regression_regimes,
}


@pytest.mark.slow
@pytest.mark.parametrize("name", UNCURATED)
def test_uncurated_loops_obey_their_laws(name, tmp_path):
    verdicts = UNCURATED[name].EXPERIMENT.run("smoke", tmp_path)
    assert [v for v in verdicts if v.verdict != PASS] == []
    assert (tmp_path / "figure.png").stat().st_size > 1000


def no_loss(initial, n_kept, n_rounds):
    """Say that replaced data lose as little as accumulated ones."""
    return gaussian_accumulate_variance(initial, n_kept, n_rounds)


def no_noise(initial, n_kept, bandwidth, n_rounds):
    """Forget that the kernel widens the data."""
    return kernel_density_variance(initial, n_kept, 0.0, n_rounds)


def no_bias(n_real, n_synthetic, n_rounds, sampling_bias, start):
    """Forget that the model is sampled with a bias."""
    return fresh_data_moments(n_real, n_synthetic, n_rounds, 1.0, start)


def one_regime(dim, n_rows, n_rounds, regime="replace"):
    """Say that accumulated labels are as bad as replaced ones."""
    return regression_excess_risk(dim, n_rows, n_rounds)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("module", "law", "wrong"),
    [
        (gaussian_regimes, "gaussian_variance", no_loss),
        (kde_spreads, "kernel_density_variance", no_noise),
        (mad_fresh_data, "fresh_data_moments", no_bias),
        (regression_regimes, "regression_excess_risk", one_regime),
    ],
)
def test_a_wrong_law_of_an_uncurated_loop_fails(
    module, law, wrong, monkeypatch, tmp_path
):
    monkeypatch.setattr(module, law, wrong)
    verdicts = module.EXPERIMENT.run("smoke", tmp_path)
    assert FAIL in [v.verdict for v in verdicts]
    assert PASS in [v.verdict for v in verdicts]


@pytest.mark.slow
def test_a_wrong_law_of_the_panels_fails(monkeypatch, tmp_path):
    monkeypatch.setitem(kazdan_panels.LAWS, "replace", no_loss)
    verdicts = kazdan_panels.EXPERIMENT.run("smoke", tmp_path)
    failed = [v.subject for v in verdicts if v.verdict == FAIL]
    assert failed == ["Gaussian, d = 3, n = 10, replace: trace"]
