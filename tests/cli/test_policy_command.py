"""``retrain-sim policy``: runs, lists, compares; refuses what cannot work."""

import json

import numpy as np
import pytest
from commands import assert_one_line
from forked import drawing
from support import assert_identical

from retrain_sim.errors import UserError
from retrain_sim.policy.folder import PolicyFolder
from retrain_sim.policy.report import policy_comparison
from retrain_sim.policy.runner import resume_policy, run_policy
from retrain_sim.policy.spec import load_policy_spec
from retrain_sim.runner import Listener
from retrain_sim.store import RunFolder

REFUSED = [
    ("--set algorithm.clip.e_high=1.5", ["clip.e_high: must be above 0 and at most 1"]),
    ("--set algorithm.clip.e_low=0.0", ["clip.e_low: must be above 0 and at most 1"]),
    ("--set algorithm.group_size=1", ["group_size: Rloo compares", "at least 2"]),
    (
        "--set algorithm.kind=grpo --set algorithm.group_size=1",
        ["group_size: GroupNormalized compares", "at least 2, got 1"],
    ),
    ("--set environment.n_correct=12", ["n_arms: must exceed", "rewards are equal"]),
    ("--set wider.algorithm.kind=grop", ["arms.wider.algorithm.kind", "'grpo'"]),
    ("--set algoritm.epochs=2", ["--set algoritm.epochs: did you mean 'algorithm'"]),
    ("--set policy.n_actions=9", ["policy.n_actions: must be", "n_arms = 12"]),
    ("--rounds 0", ["run.rounds: must be at least 1"]),
    ("--resume nowhere", ["--resume takes the scenario from the folder"]),
]


@pytest.mark.parametrize(("words", "says"), REFUSED)
def test_what_cannot_work_is_refused(refused, words, says):
    refused("policy", "run", "bandit.toml", *words.split(), says=says)


def test_a_scenario_that_does_not_exist_is_refused(refused):
    refused("policy", "run", "many-solution", says=["did you mean 'many-solutions'"])


def test_a_run_prints_its_table_and_leaves_its_folder(cli, here):
    finished = cli("policy", "run", "bandit.toml", "--out", "a")
    assert finished.code == 0, finished.err
    assert "wider" in finished.out
    held = {path.name for path in (here / "a").iterdir()}
    assert held == {
        "figures",
        "history.nc",
        "report.html",
        "result.json",
        "run.json",
        "scenario.toml",
    }
    again = cli("policy", "run", "--resume", "a", "--json")
    found = json.loads(again.out)
    assert found["arms"]["wider"]["policy/pass@1"]["mean"] > 0
    assert found["seeds"] == 2
    page = (here / "a" / "report.html").read_bytes()
    assert cli("report", "a").out == "a/report.html\n"
    assert (here / "a" / "report.html").read_bytes() == page
    assert_one_line(cli("report", "a", "--gif"), ["--gif: the run of a policy"])
    words = ["compare", "a", "a", "--out", "both.png"]
    assert "pass@1" in cli(*words, before=drawing).out
    assert (here / "both.png").stat().st_size > 10_000


SWEPT = ("policy", "sweep", "bandit.toml", "--over", "algorithm.optimizer.rate=0.5,2")


def test_a_sweep_prints_its_table_and_can_be_drawn(cli, here):
    finished = cli(*SWEPT, "--out", "s")
    assert finished.code == 0, finished.err
    lines = [line.split() for line in finished.out.splitlines()]
    rows = [line[:2] for line in lines if line[:1] in (["0.5"], ["2"])]
    assert rows == [["0.5", "loop"], ["0.5", "wider"], ["2", "loop"], ["2", "wider"]]
    again = json.loads(cli("policy", "sweep", "--resume", "s", "--json").out)
    assert [p["arm"] for p in again["points"]] == ["loop", "wider"] * 2
    drawn = cli("plot", "s", "--metric", "policy/entropy")
    assert drawn.out.splitlines() == [f"s/plots/{n}.png" for n in ("curves", "rounds")]
    swept = cli("policy", "sweep", "s/scenario.toml", "--json", "--out", "t")
    assert json.loads(swept.out)["points"] == again["points"]


def test_a_dry_run_says_what_a_sweep_amounts_to_and_writes_nothing(cli, here):
    before = {path.name for path in here.iterdir()}
    shown = cli(*SWEPT, "--dry-run").out.splitlines()
    assert [line.split(":")[0] for line in shown] == [
        *("runs", "compilations", "memory", "results", "time")
    ]
    assert shown[0].endswith(" 8 (2 points x 2 arms x 2 seeds), 8 rounds each")
    assert shown[1].endswith(" 1 at most")
    assert {path.name for path in here.iterdir()} == before


SWEEP_REFUSED = [
    ("--over algorithm.epochs", ["PATH=LO:HI:N"]),
    ("--over algorithm.clip.e_high=0.5,2", ["--over algorithm.clip.e_high=2"]),
    ("--over algorithm.clip.e_high=0.5,2 --dry-run", ["clip.e_high=2"]),
    ("--over environment.n_corect=1,2", ["n_corect", "did you mean 'n_correct'"]),
    ("--resume nowhere", ["give nothing else"]),
    ("--resume nowhere --dry-run", ["give nothing else"]),
    ("", ["nothing to sweep"]),
]


@pytest.mark.parametrize(("words", "says"), SWEEP_REFUSED)
def test_a_sweep_that_cannot_work_is_refused(refused, words, says):
    refused("policy", "sweep", "bandit.toml", *words.split(), says=says)


def test_everything_is_listed(cli):
    finished = cli("policy", "list")
    assert finished.code == 0
    for name in ("many-solutions", "adapo", "repo-r", "halving", "gspo", "stepped"):
        assert f"\n  {name} " in finished.out


@pytest.fixture(scope="module")
def spec(tmp_path_factory):
    from commands import FILES

    return load_policy_spec(FILES / "bandit.toml")


class Stopper(Listener):
    """Stop a run as a user does, after some rounds."""

    def __init__(self, after):
        self.after = after

    def progress(self, progress):
        """Give up."""
        if progress.rounds_done >= self.after:
            raise KeyboardInterrupt


def test_a_killed_run_resumes_to_the_same_bits(spec, tmp_path, monkeypatch):
    whole = run_policy(spec)
    monkeypatch.setattr("retrain_sim.pace.Pace.due", lambda self: True)
    with pytest.raises(KeyboardInterrupt):
        run_policy(spec, tmp_path / "cut", listener=Stopper(3))
    assert (tmp_path / "cut" / "checkpoint.npz").exists()
    with pytest.raises(UserError, match="is not finished"):
        PolicyFolder.open(tmp_path / "cut").policy_result()
    resumed = resume_policy(tmp_path / "cut")
    values = [
        {name: h[name].values for name in h} for h in (resumed.history, whole.history)
    ]
    assert_identical(*values)
    read = PolicyFolder.open(tmp_path / "cut").policy_result()
    np.testing.assert_array_equal(
        read.history["policy/entropy"], whole.history["policy/entropy"]
    )
    table, figure = policy_comparison([tmp_path / "cut"] * 2)
    assert len(table.rows) == 4
    assert len(figure.axes) == 2
    with pytest.raises(UserError, match="no metric 'policy/pass'; did you mean"):
        policy_comparison([tmp_path / "cut"], "policy/pass")
    with pytest.raises(UserError, match="the run of a policy scenario, not of a"):
        RunFolder.open(tmp_path / "cut").result()


def test_an_override_reaches_every_arm_or_one(spec):
    source = spec.source
    everywhere = load_policy_spec(source, {"algorithm.clip.e_high": 0.9}).tasks
    assert {float(t.algorithm.clip.e_high) for t in everywhere.values()} == {
        float(np.float32(0.9))
    }
    epochs = load_policy_spec(source, {"algorithm.epochs": 7}).tasks.values()
    assert [task.algorithm.epochs for task in epochs] == [7, 7]
    one = load_policy_spec(source, {"loop.algorithm.epochs": 3}).tasks
    assert [task.algorithm.epochs for task in one.values()] == [3, 2]


def test_arms_of_another_kind_keep_what_all_share():
    tasks = load_policy_spec("programs", {"algorithm.group_size": 32}).tasks
    assert {task.algorithm.group_size for task in tasks.values()} == {32}
    assert {float(task.algorithm.optimizer.rate) for task in tasks.values()} == {2.0}
