"""``retrain-sim sweep`` and ``plot``: what they print, what they refuse, and kills."""

import itertools
import json
import signal

import numpy as np
import pytest
from commands import assert_one_line
from forked import Running

from retrain_sim import open_results

WORDS = (
    "sweep",
    "letters.toml",
    "--over",
    "curation.voter_weights.0=0.2,0.8",
    "--over",
    "curation.slate_size=2,3",
)
METRIC = "collapse/class_entropy"


@pytest.fixture(scope="module")
def swept(tmp_path_factory, request):
    """Sweep the letters once."""
    import commands
    import forked

    folder = tmp_path_factory.mktemp("swept")
    commands.fill(folder)
    streams = tmp_path_factory.mktemp("streams")
    finished = forked.run_forked([*WORDS, "--out", "grid"], folder, streams)
    assert finished.code == 0, finished.err
    return folder / "grid", finished


def test_sweep_prints_a_table_and_where_the_data_are(swept):
    folder, finished = swept
    lines = finished.out.splitlines()
    assert sum("voter_weights_0" in line for line in lines) == 1
    rows = [line.split() for line in lines if line.strip().startswith(("0.2", "0.8"))]
    places = itertools.product(("0.2", "0.8"), ("2", "3"), ("one", "two"))
    assert [tuple(row[:3]) for row in rows] == list(places)
    assert "verdicts: " in finished.out
    assert "retrain-sim plot grid" in finished.out
    assert open_results(folder)[METRIC].shape == (2, 2, 2, 2, 4)


def test_sweep_as_json_is_one_object(cli):
    finished = cli(*WORDS[:4], "--json", "--seeds", "3", "--out", "s")
    found = json.loads(finished.out)
    assert found["metric"] == METRIC
    assert found["seeds"] == 3
    assert [p["voter_weights_0"] for p in found["points"]] == [0.2, 0.2, 0.8, 0.8]
    assert sum(found["verdicts"].values()) == 4


@pytest.mark.slow
def test_table_of_the_file_is_swept(here, cli):
    with (here / "letters.toml").open("a") as file:
        file.write("\n[sweep]\ncuration.slate_size = [2, inf]\nrandom = 2\n")
    finished = cli("sweep", "letters.toml", "--json", "--out", "s")
    found = json.loads(finished.out)
    assert {p["slate_size"] for p in found["points"]} == {2.0, "inf"}
    again = cli("sweep", "s/scenario.toml", "--json", "--out", "again")
    assert json.loads(again.out)["points"] == found["points"]


def test_dry_run_plans_and_writes_nothing(here, cli):
    before = {path.name for path in here.iterdir()}
    found = json.loads(cli(*WORDS, "--dry-run", "--json").out)
    assert (found["points"], found["arms"], found["seeds"]) == (4, 2, 2)
    assert (found["runs"], found["compilations"]) == (16, 2)
    assert 0 < found["memory"] < found["limit"]
    assert found["run_s"] > 0
    assert {path.name for path in here.iterdir()} == before


def test_plot_draws_what_suits(swept, cli):
    finished = cli("plot", swept[0], "--out", "pictures")
    assert finished.code == 0, finished.err
    names = [line.rsplit("/", 1)[-1] for line in finished.out.splitlines()]
    assert names == ["curves.png", "rounds.png", "heat.png"]
    one = cli("plot", swept[0], "--kind", "heat", "--at", "arm=two", "--out", "one")
    assert one.out == "one/heat.png\n"


REFUSED = {
    "--over curation.slate_sise=2,3": ["curation.slate_sise", "'slate_size'"],
    "--over curaton.slate_size=2": ["curaton", "'curation'"],
    "--over curation.slate_size=0:1:0": ["no point"],
    "--over curation.temperature=2:1:5": ["holds no 5 points"],
    "--over curation.slate_size=2 --over curation.slate_size=3": ["swept twice"],
    "--over curation.slate_size=2,2": ["2 is there twice"],
    "--over curation.slate_size=2,900": ["slate_size=900"],
    "--over run.seeds=1,2": ["--seeds"],
    "--over curation.temperature=1:2:9 --memory 1MB": ["--memory 1.0 MB", "needs"],
    "--over curation.temperature=1:2:2000000000": ["at most 1000000"],
    "--over curation.temperature=1:2:1000000 --memory 20MB": ["--random"],
    "--over curation.temperature=1:2 --random 0": ["at least one point"],
    "--over curation.temperature=1,2 --batch 0": ["--batch 0", "auto"],
    "--over curation.temperature=1,2 --memory lots": ["--memory lots", "4GB"],
    "--over curation.temperature": ["PATH=LO:HI:N"],
    "": ["nothing to sweep"],
}


@pytest.mark.parametrize("words", REFUSED)
def test_bad_sweep_is_one_line(words, refused):
    refused("sweep", "letters.toml", *words.split(), "--out", "s", says=REFUSED[words])


def test_sweep_without_a_scenario_is_one_line(refused):
    refused("sweep", "--over", "curation.slate_size=2", says=["needs a scenario"])
    refused("sweep", "letters.toml", "--resume", "s", says=["give nothing else"])
    refused("sweep", "--resume", "none", says=["not a sweep folder"])
    refused("plot", "none", says=["not a sweep folder"])


def test_plot_of_nothing_known_is_one_line(swept, cli):
    refusals = {
        ("--kind", "pie"): "--kind pie",
        ("--metric", "entropy"): "--metric entropy",
        ("--x", "slate"): "did you mean 'slate_size'",
        ("--at", "slate_size"): "DIMENSION=VALUE",
        ("--round", "99"): "allowed: 0..3",
    }
    for words, says in refusals.items():
        assert_one_line(cli("plot", swept[0], *words, "--out", "p"), [says])


SLOWLY = ("--batch", "1", "--out", "killed", "--json")


def test_killed_anywhere_a_sweep_ends_the_same(here, swept, tmp_path_factory):
    """Killed before the first unit, and later; what is finished is kept."""
    streams, folder = tmp_path_factory.mktemp("streams"), here / "killed"

    def start():
        again = ["sweep", "--resume", "killed", "--batch", "1", "--json"]
        words = again if (folder / "sweep.toml").is_file() else [*WORDS, *SLOWLY]
        return Running(words, here, streams)

    def units():
        return sorted((folder / "units").glob("[0-9]*.nc"))

    for n_units in (0, 3):
        running = start()
        running.wait_for((folder / "sweep.toml").is_file)
        running.wait_for(lambda n=n_units: len(units()) >= n)
        assert running.send(signal.SIGKILL).code == -signal.SIGKILL
        assert n_units <= len(units()) < 8
    kept = {path: path.read_bytes() for path in units()}
    finished = start().end()
    assert (finished.code, finished.err) == (0, "")
    assert {path: path.read_bytes() for path in kept} == kept
    ours, theirs = open_results(folder), open_results(swept[0])
    for name in (METRIC, "reward/mean", f"predicted/{METRIC}"):
        np.testing.assert_array_equal(ours[name], theirs[name])
    assert ours[METRIC].notnull().all()


def test_interrupt_from_the_keyboard_says_how_to_go_on(here, tmp_path_factory):
    streams = tmp_path_factory.mktemp("streams")
    running = Running([*WORDS, *SLOWLY], here, streams)
    running.wait_for(lambda: list((here / "killed" / "units").glob("[0-9]*.nc")))
    finished = running.send(signal.SIGINT)
    assert_one_line(finished, ["interrupted", "retrain-sim sweep --resume killed"])
