"""``run --distributed``: two processes on loopback find what one process finds."""

import json
import socket

import pytest
from conftest import assert_one_line, contents
from forked import Running
from support import assert_close

import retrain_sim

SAME = ["history.nc", "prediction.nc", "scenario.toml"]


def free_port():
    """Find a port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@pytest.fixture
def pair(here, tmp_path_factory):
    """Run a command in two processes; ``differing`` are words for the second alone."""

    def run(*words, differing=()):
        join = ["--distributed", "--coordinator", f"127.0.0.1:{free_port()}"]
        join += ["--processes", 2, "--process"]
        started = [
            Running(
                [*words, *extra, *join, number],
                here,
                tmp_path_factory.mktemp(f"streams-{number}"),
            )
            for number, extra in enumerate([(), differing])
        ]
        return [running.end() for running in started]

    return run


def test_two_processes_find_what_one_finds(here, pair, done):
    """And the first one alone writes and prints."""
    first, second = pair("run", "letters.toml", "--out", "pair", "--json")
    assert (first.code, first.err, second.code) == (0, "", 0)
    assert (second.out, second.err) == ("", "")
    for name in SAME:
        assert (here / "pair" / name).read_bytes() == (done / name).read_bytes()
    result = json.loads((here / "pair" / "result.json").read_text())
    assert result["versions"]["device"].endswith("in 2 processes")
    assert json.loads(first.out)["out"] == "pair"


@pytest.mark.slow
def test_all_devices_share_a_single_run(here, pair, cli):
    """Candidates and mini-batches are dealt to the devices of both processes."""
    words = ["run", "flow.toml", "--seeds", "1", "--rounds", "3", "--json"]
    assert [end.code for end in pair(*words, "--out", "pair")] == [0, 0]
    assert cli(*words, "--out", "alone").code == 0
    both = [retrain_sim.open_history(here / name) for name in ("pair", "alone")]
    found, expected = ({str(n): v.values for n, v in h.items()} for h in both)
    assert_close(found, expected)


def test_a_fault_is_told_once_and_ends_both(here, pair):
    held = contents(here)
    first, second = pair("run", "letters.toml", "--set", "reward.0.values=[1]")
    assert_one_line(first, ["values"])
    assert (second.code, second.out, second.err) == (2, "", "")
    assert contents(here) == held


def test_a_fault_of_one_process_names_it(pair):
    first, second = pair("run", "letters.toml", differing=["--set", "run.seeds=0"])
    assert_one_line(first, ["process 1", "seeds"])
    assert second.code == 2


def test_without_a_cluster_the_options_are_named(refused):
    says = ["--distributed", "Slurm", "--coordinator HOST:PORT"]
    refused("run", "letters.toml", "--distributed", says=says)


def test_the_options_need_the_flag(refused):
    refused("run", "letters.toml", "--processes", "2", says=["need --distributed"])
