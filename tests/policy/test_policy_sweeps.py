"""Sweeps of policy scenarios: the same runs, nothing lost, nothing mixed."""

from pathlib import Path
from typing import ClassVar

import numpy as np
import pytest
from support import assert_identical

from retrain_sim import open_results
from retrain_sim.errors import UserError
from retrain_sim.policy import sweep_estimate, sweep_points, training
from retrain_sim.policy.runner import run_policy
from retrain_sim.policy.spec import load_policy_spec
from retrain_sim.policy.sweep import resume_policy_sweep, sweep_policies
from retrain_sim.policy.sweep_results import (
    policy_points_table,
    policy_sweep_summary,
    policy_trouble,
)
from retrain_sim.policy.training import Group
from retrain_sim.sweeping import grid, parse_axis
from retrain_sim.sweeping.folder import SweepFolder

BANDIT = Path(__file__).parents[1] / "cli" / "files" / "bandit.toml"
AXES = ("algorithm.optimizer.rate=0.5,2", "wider.algorithm.clip.e_high=0.5,1")
SMALL = {"run.rounds": 4, "run.seeds": 2}


@pytest.fixture(scope="module")
def spec():
    return load_policy_spec(BANDIT, SMALL)


@pytest.fixture(scope="module")
def design():
    return grid([parse_axis(text) for text in AXES])


@pytest.fixture(scope="module")
def whole(spec, design, tmp_path_factory):
    return sweep_policies(spec, design, tmp_path_factory.mktemp("sweep") / "whole")


@pytest.mark.slow
def test_a_point_of_a_sweep_is_a_run_with_these_settings(spec, whole):
    found = open_results(whole.path)
    assert found["policy/pass@1"].dims == ("rate", "e_high", "arm", "seed", "round")
    assert found["rate"].attrs["description"] == "step size, > 0."
    assert found["e_high"].attrs["path"] == "wider.algorithm.clip.e_high"
    point = {"algorithm.optimizer.rate": 2.0, "wider.algorithm.clip.e_high": 1.0}
    alone = run_policy(load_policy_spec(spec.source, SMALL | point)).history
    for name in ("policy/entropy", "policy/knob"):
        here = found[name].sel(rate=2.0, e_high=1.0)
        np.testing.assert_allclose(here, alone[name], rtol=1e-5, atol=1e-6)
    assert not np.allclose(
        found["policy/entropy"].sel(rate=2.0), found["policy/entropy"].sel(rate=0.5)
    )


class StopError(Exception):
    """Stands for a kill."""


def test_a_killed_sweep_resumes_to_the_same_bits(spec, tmp_path, monkeypatch):
    monkeypatch.setattr(sweep_points, "MOST_RUNS", 4)  # a point per unit
    design = grid([parse_axis(AXES[0])])

    def train(spec, design, points):
        if points[0] > 0:
            raise StopError
        return sweep_points.train_points(spec, design, points)

    with monkeypatch.context() as patch:
        patch.setattr("retrain_sim.policy.sweep.train_points", train)
        with pytest.raises(StopError):
            sweep_policies(spec, design, tmp_path / "cut")
    assert len(SweepFolder(tmp_path / "cut").files()) == 1
    half = open_results(tmp_path / "cut")
    assert int(half["policy/entropy"].isnull().sum()) == half["policy/entropy"].size / 2
    resume_policy_sweep(tmp_path / "cut")
    uncut = sweep_policies(spec, design, tmp_path / "uncut")
    ours, theirs = open_results(tmp_path / "cut"), open_results(uncut.path)
    assert_identical(
        {name: ours[name].values for name in ours},
        {name: theirs[name].values for name in theirs},
    )


def test_tables_name_every_point_or_every_value(whole, monkeypatch):
    found = open_results(whole.path)
    table = policy_points_table(found)
    assert table.header == ["rate", "e_high", "arm", "entropy", "pass@1"]
    assert [row[:3] for row in table.rows][:3] == [
        ["0.5", "0.5", "loop"],
        ["0.5", "0.5", "wider"],
        ["0.5", "1", "loop"],
    ]
    monkeypatch.setattr("retrain_sim.policy.sweep_results.MOST_ROWS", 3)
    names = [row[0] for row in policy_points_table(found).rows]
    assert names == [
        *("rate = 0.5", "rate = 2", "e_high = 0.5", "e_high = 1"),
        *("arm = loop", "arm = wider"),
    ]
    plain = policy_sweep_summary(found)
    assert len(plain["points"]) == 8
    mean = float(found["policy/entropy"].values[1, 1, 1, :, -1].mean())
    assert plain["points"][-1]["policy/entropy"]["mean"] == pytest.approx(mean, 1e-4)


def test_runs_that_are_not_finite_are_counted(whole):
    found = open_results(whole.path).copy(deep=True)
    assert policy_trouble(found) == ""
    found["run/finite"][0, 1, 0, 1, 2:] = 0.0
    assert policy_trouble(found).startswith("1 runs are not finite")


def test_targets_out_of_reach_are_counted(tmp_path):
    spec = load_policy_spec(BANDIT, SMALL | {"algorithm.kind": "loop+repo-r"})
    level = parse_axis("algorithm.controller.target.level=0.3,1")
    found = open_results(sweep_policies(spec, grid([level]), tmp_path / "s").path)
    starts = found["policy/entropy"].sel(level=1)[..., 0].mean("seed").values
    expected = [[0.0, 0.0], starts - np.log(3)]
    np.testing.assert_allclose(found["target_excess"], expected, atol=1e-4)
    assert policy_trouble(found).startswith("2 entropy targets are above")


class Counted(Group):
    """A group that says what its program would depend on, and compiles nothing."""

    programs: ClassVar[set] = set()

    def _compile(self, mesh):
        made = self.n_runs, tuple(self.stack.varies), self.stack.structure
        self.programs.add(made)


def test_an_estimate_counts_runs_and_programs(monkeypatch):
    """Two epochs need another program than one; so do units where less varies.

    Of the rates 0.5, 1, 2 and two clips, by two epochs, units have five points.
    """
    monkeypatch.setattr(sweep_points, "MOST_RUNS", 20)
    monkeypatch.setattr(sweep_estimate, "train_points", lambda *args: None)
    monkeypatch.setattr(training, "Group", Counted)
    spec, lines = load_policy_spec(BANDIT, SMALL), []
    texts = "rate=0.5,1,2", "clip.e_low=0.1,0.2", "epochs=1,2"
    paths = "algorithm.optimizer.", "algorithm.", "algorithm."
    design = grid([parse_axis(a + b) for a, b in zip(paths, texts, strict=True)])
    found = sweep_estimate.estimate_policies(spec, design, lines.append)
    assert lines == ["timing one unit"]
    assert (found["points"], found["arms"], found["seeds"]) == (12, 2, 2)
    assert (found["runs"], found["rounds"]) == (48, 4)
    assert 0 < found["results"] < found["memory"] < found["limit"]
    for points in sweep_points.units_of(spec, design):
        specs = {i: sweep_points.policy_spec_at(spec, design.point(i)) for i in points}
        tasks = {f"{i}{a}": t for i, s in specs.items() for a, t in s.tasks.items()}
        training.make_groups(tasks, 4, 2)
    assert found["compilations"] == len(Counted.programs) == 6


REFUSED = {
    "algorithm.optimiser.rate=1,2": "did you mean 'optimizer'",
    "algoritm.epochs=1,2": "no section or arm 'algoritm'; did you mean 'algorithm'",
    "run.seeds=1,2": "no section or arm 'run'",
    "algorithm.clip.e_high=0.5,1.5": "--over algorithm.clip.e_high=1.5: ",
    "algorithm.group_size=1,2": "at least 2, got 1",
}


@pytest.mark.parametrize("text", REFUSED)
def test_a_design_that_cannot_work_is_refused(spec, tmp_path, text):
    with pytest.raises(UserError, match=r"^--over") as raised:
        sweep_policies(spec, grid([parse_axis(text)]), tmp_path / "s")
    assert REFUSED[text] in str(raised.value)
    assert not (tmp_path / "s").exists()


def test_results_that_would_not_fit_are_refused(spec, tmp_path, monkeypatch):
    monkeypatch.setattr("retrain_sim.policy.sweep_points.half_of_memory", lambda: 999)
    with pytest.raises(UserError, match="4 points x 2 seeds take"):
        sweep_policies(spec, grid([parse_axis("policy.spread=1:2:4")]), tmp_path / "s")


def test_a_sweep_of_policies_is_no_other_sweep(whole):
    with pytest.raises(UserError, match=r"sweep of a policy scenario, not of a"):
        SweepFolder.open(whole.path).spec()


def test_an_arm_is_found_by_its_name_dots_and_all():
    path = "REPO-const 0.1.algorithm.transform.beta"
    tasks = load_policy_spec("many-solutions", {path: 0.3}).tasks
    assert float(tasks["REPO-const 0.1"].algorithm.transform.beta) == np.float32(0.3)
