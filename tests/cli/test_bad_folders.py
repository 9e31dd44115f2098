"""Folders that cannot be written, read or resumed: one line, and they stay as is."""

import json
import os
from functools import partial
from pathlib import Path

import pytest
import tampering
from commands import assert_one_line, contents
from support import slow

from retrain_sim.spec import load_spec


def test_folder_in_use_is_kept(done, refused):
    refused("run", "letters.toml", "--out", done, says=["done", "exists", "--force"])


def test_folder_in_use_is_not_resumed_by_accident(stopped, refused):
    refused("run", "letters.toml", "--out", stopped, says=["stopped", "exists"])


def test_force_spares_what_is_no_run(here, refused):
    (here / "photos").mkdir()
    (here / "photos" / "cat.jpg").write_bytes(b"meow")
    says = ["photos", "not a run folder"]
    refused("run", "letters.toml", "--out", "photos", "--force", says=says)


def test_force_keeps_the_old_run_if_the_scenario_is_bad(done, refused):
    bad = ["--set", "headline.metric=nothing"]
    says = ["headline.metric", "'nothing'"]
    refused("run", "letters.toml", "--out", "done", "--force", *bad, says=says)


def test_output_at_a_file_is_refused(refused):
    says = ["letters.toml", "file"]
    refused("run", "letters.toml", "--out", "letters.toml", says=says)
    refused("run", "letters.toml", "--out", "letters.toml", "--force", says=says)


def test_output_under_a_file_is_refused_as_such(refused):
    says = ["letters.toml", "not a folder"]
    refused("run", "letters.toml", "--out", "letters.toml/run", says=says)


@pytest.mark.skipif(not Path("/proc/self").is_dir(), reason="needs /proc")
def test_output_where_nothing_can_be_made_is_refused(refused):
    refused("run", "letters.toml", "--out", "/proc/run", says=["/proc/run"])


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_output_in_a_read_only_folder_is_refused(here, refused):
    (here / "locked").mkdir(mode=0o555)
    says = ["locked", "permission denied"]
    refused("run", "letters.toml", "--out", "locked/run", says=says)


@pytest.mark.parametrize("n_files", range(3))
def test_disk_full_before_the_first_checkpoint_leaves_nothing(refused, done, n_files):
    full = partial(tampering.fill_disk, n_files)
    says = ["No space left on device", "/full"]
    refused("run", "letters.toml", "--out", "full", before=full, says=says)


@pytest.mark.parametrize("n_files", [slow(3), 5, slow(9)])
def test_disk_full_later_is_one_line_and_loses_nothing(here, done, cli, n_files):
    """Scenario, run, two checkpoints, atoms, history, prediction, result, figures."""
    held = contents(here)
    full = partial(tampering.fill_disk, n_files)
    finished = cli("run", "letters.toml", "--out", "full", before=full)
    assert_one_line(finished, ["No space left on device", "full/"])
    now = contents(here)
    assert {name: now[name] for name in held} == held
    assert [name for name in now if "/." in name] == []
    assert cli("run", "--resume", "full", "--json").code == 0
    assert contents(here)["full/history.nc"] == held["done/history.nc"]


def test_file_that_grows_too_large_is_one_line(refused, done):
    limited = partial(tampering.limit_file_size, 2000)
    says = ["File too large", "limited/checkpoint.npz"]
    refused("run", "letters.toml", "--out", "limited", before=limited, says=says)


def test_resume_needs_a_run_folder(here, refused):
    (here / "photos").mkdir()
    says = ["is not a run folder", "scenario.toml"]
    refused("run", "--resume", "photos", says=["photos", *says])
    refused("run", "--resume", "nowhere", says=["nowhere", *says])
    refused("run", "--resume", "letters.toml", says=["letters.toml", *says])


@pytest.mark.parametrize(
    "other",
    [
        ["letters.toml"],
        ["--seed", "0"],
        ["--seeds", "4"],
        ["--rounds", "9"],
        ["--set", "run.rounds=9"],
        ["--out", "other"],
        ["--force"],
    ],
    ids=" ".join,
)
def test_resume_takes_nothing_else(stopped, refused, other):
    refused("run", *other, "--resume", stopped, says=["--resume", "nothing else"])


DAMAGES = {
    "cut off": lambda data: data[: len(data) // 2],
    "empty": lambda data: b"",
    "text": lambda data: b"hello\n",
    "a flipped bit": lambda data: data[:300] + bytes([data[300] ^ 1]) + data[301:],
}


@pytest.mark.parametrize("damage", DAMAGES.values(), ids=DAMAGES)
def test_damaged_checkpoint_is_refused_and_kept(stopped, refused, damage):
    checkpoint = stopped / "checkpoint.npz"
    checkpoint.write_bytes(damage(checkpoint.read_bytes()))
    says = ["stopped/checkpoint.npz", "cannot be read", "delete it"]
    refused("run", "--resume", "stopped", says=says)


@pytest.mark.parametrize(
    "change",
    [
        {"reward.first.values": [0.5, 0.5, 0.0]},
        {"two.curation.temperature": 0.25},
        {"curation.slate_size": 3},
        {"curation.n_kept": 19},
        {"run.seed": 1},
        {"run.seeds": 4},
        {"run.rounds": 4},
        {"metrics.names": ["diversity", "shares", "rewards"]},
    ],
    ids=str,
)
def test_checkpoint_of_another_scenario_is_refused(stopped, refused, change):
    file = stopped / "scenario.toml"
    file.write_text(load_spec(file, change).to_toml())
    says = ["stopped/checkpoint.npz", "another"]
    refused("run", "--resume", "stopped", says=says)


@pytest.mark.parametrize("command", ["report", "compare"])
def test_unfinished_run_cannot_be_shown(done, stopped, refused, command):
    folders = {"report": ["stopped"], "compare": ["done", "stopped"]}[command]
    says = ["stopped", "not finished", "retrain-sim run --resume stopped"]
    refused(command, *folders, says=says)


@pytest.mark.parametrize("folders", [["report", "."], ["compare", "done", "."]])
def test_folder_without_a_run_cannot_be_shown(done, refused, folders):
    refused(*folders, says=["is not a run folder", "scenario.toml"])


@pytest.mark.parametrize(
    "name",
    [
        "scenario.toml",
        "run.json",
        "result.json",
        "history.nc",
        "prediction.nc",
        "atoms.npz",
    ],
)
@pytest.mark.parametrize("left", [0, 0.5], ids=["empty", "half"])
def test_damaged_run_is_refused(done, refused, name, left):
    data = (done / name).read_bytes()
    (done / name).write_bytes(data[: int(left * len(data))])
    refused("report", "done", says=[f"done/{name}"])


@pytest.mark.parametrize("name", ["run.json", "history.nc", "prediction.nc"])
def test_incomplete_run_is_refused(done, refused, name):
    (done / name).unlink()
    refused("report", "done", says=[f"done/{name}"])


def test_run_of_another_format_is_refused(done, refused):
    about = json.loads((done / "run.json").read_text())
    (done / "run.json").write_text(json.dumps(about | {"format": 99}))
    refused("report", "done", says=["done", "format 99"])


@pytest.mark.parametrize("folders", [[], ["done"]], ids=["none", "one"])
def test_compare_needs_two_runs(done, refused, folders):
    refused("compare", *folders, says=["two run folders", f"got {len(folders)}"])


def test_compare_needs_a_metric_of_both(done, refused):
    given = ["done", "done", "--metric", "collapse/class_entrop"]
    says = ["'collapse/class_entrop'", "'collapse/class_entropy'"]
    refused("compare", *given, says=says)


def test_compare_prints_no_table_without_its_picture(done, refused):
    given = ["done", "done", "--out", "nowhere/picture.png"]
    refused("compare", *given, says=["nowhere/picture.png"])


def test_init_keeps_an_existing_file(refused):
    refused("init", "letters.toml", says=["letters.toml", "exists"])


def test_init_knows_its_bases(refused):
    says = ["'two-tribs'", "'two-tribes'"]
    refused("init", "my.toml", "--from", "two-tribs", says=says)


def test_init_writes_toml(refused):
    refused("init", "my.txt", says=["my.txt", ".toml"])


def test_init_needs_a_folder(refused):
    refused("init", "nowhere/my.toml", says=["nowhere/my.toml"])
